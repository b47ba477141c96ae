# The mixes' bench, its scorer and the scorer's tests; included by the Makefile.

MIX_INC   := -Iabi -Itests/mix -Itests/ears
MIX_SCORE := $(patsubst %,$(BUILD)/tests/mix/%.o,mix reel figures beats loudness bands seams keys songs)
MIX_FILE  := $(patsubst %,$(BUILD)/tests/ears/%.o,audio_file tape)
MIX_LIBS  := -lebur128 -lkissfft-float -lsndfile -lmpg123 -ljansson -lm
TEST_PACKAGES += libkissfft-dev

$(BUILD)/tests/mix/%.o: CFLAGS_ALL += $(if $(SAN),,-O3)
$(BUILD)/tests/mix/%.o: tests/mix/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(MIX_INC) -c $< -o $@

$(BUILD)/tests/mix/score-mix: $(BUILD)/tests/mix/score.o $(MIX_SCORE) $(MIX_FILE)
	$(Q)$(CC) $(SAN) $^ $(MIX_LIBS) -o $@

# The mixers that ours is measured against: plugins like ours.
MIX_PLUGIN := -fPIC -fvisibility=hidden -Iabi -Itests/mix
$(BUILD)/tests/mix/plain.so: tests/mix/plain.c tests/mix/rival.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(MIX_PLUGIN) $(PLUGIN_LINK) $< -lm -o $@
$(BUILD)/tests/mix/beat_stretch.o: tests/mix/beat_stretch.cc
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS_ALL) -fPIC -Itests/mix -c $< -o $@
$(BUILD)/tests/mix/capsule.so: tests/mix/capsule.c $(BUILD)/tests/mix/beat_stretch.o
	$(Q)$(CC) $(CFLAGS_ALL) $(MIX_PLUGIN) -c $< -o $(@:.so=.o)
	$(Q)$(CXX) $(PLUGIN_LINK) $(@:.so=.o) $(BUILD)/tests/mix/beat_stretch.o -lSoundTouch \
	    -lm -o $@

# Crates that nobody tuned to: the demo composers with other seeds.
MIX_CRATES ?= $(BUILD)/crate $(BUILD)/tests/mix/crate-2 $(BUILD)/tests/mix/songs-1
$(BUILD)/tests/mix/crate-%: | $(BUILD)/demo/forever-demo
	$(Q)rm -rf $@.part && $(BUILD)/demo/forever-demo --seed $* -o $@.part && mv $@.part $@
$(BUILD)/tests/mix/mix-crate: $(BUILD)/tests/mix/crate.o $(EARS_SONG)
	$(Q)$(CC) $(SAN) $^ -lsndfile -lm -o $@
$(BUILD)/tests/mix/crate.o: CFLAGS_ALL += -Iabi -Itests/ears
$(BUILD)/tests/mix/songs-%: | $(BUILD)/tests/mix/mix-crate
	$(Q)rm -rf $@.part && $(BUILD)/tests/mix/mix-crate $@.part 16 $*000 && mv $@.part $@

.PHONY: bench-mix
bench-mix: $(MIX_CRATES) $(addprefix $(BUILD)/tests/mix/,score-mix plain.so capsule.so)
bench-mix: test-deps all crate ## mixes scored: a plain fade, Capsule, ours
	BUILD=$(BUILD) tests/mix/bench.sh $(MIX_CRATES)

# 14 * 12 + 2 * 16 tracks.
LONG_CRATES ?= $(patsubst %,$(BUILD)/tests/mix/crate-%,11 12 13 14 15 16 17 18 19 20 21 22 \
    23 24) $(BUILD)/tests/mix/songs-2 $(BUILD)/tests/mix/songs-3
.PHONY: bench-long
bench-long: $(LONG_CRATES) $(BUILD)/tests/mix/score-mix
bench-long: test-deps all ## ten hours of 200 tracks: memory, and their score
	BUILD=$(BUILD) tests/mix/long.sh $(LONG_CRATES)

$(BUILD)/tests/unit/mix/%: tests/unit/mix/%.c $(MIX_SCORE) $(MIX_FILE)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(MIX_INC) $< $(MIX_SCORE) $(MIX_FILE) -lcmocka $(MIX_LIBS) -o $@

$(BUILD)/tests/mix/stretchers: tests/mix/stretchers.cc $(BUILD)/plugins/mixer/lib.a
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS_ALL) -O3 -Iabi $(call inside,plugins/mixer) $^ -lSoundTouch -lrubberband \
	    $(LIBS_mixer) -o $@

.PHONY: bench-stretch
bench-stretch: test-deps ## kicks and sines stretched by ours, SoundTouch and Rubber Band
	$(call install_packages,librubberband-dev)
	@+$(MAKE) --no-print-directory $(BUILD)/tests/mix/stretchers
	$(BUILD)/tests/mix/stretchers
