# The ears' bench, their teacher and their tests' helpers; included by the Makefile.

EARS_INC   := -Iabi $(call inside,plugins/brain/ears) -Itests/ears
EARS_SONG  := $(patsubst %,$(BUILD)/tests/ears/%.o,song band players styles voices)
EARS_BENCH := $(EARS_SONG) $(patsubst %,$(BUILD)/tests/ears/%.o,audio_file tape score judge \
              asking rival_aubio rival_soundtouch)
EARS_TEACH := $(EARS_SONG) $(patsubst %,$(BUILD)/tests/ears/%.o,audio_file tape score lesson series truth)
EARS_BRAIN := $(BUILD)/plugins/brain/lib.a
LESSONS    ?= 660
KEY_SONGS  ?= 1500
GROOVES    ?= 3360
GROOVE_PACKAGES := flac mma fluidsynth fluid-soundfont-gm timgm6mb-soundfont opl3-soundfont \
    musescore-general-soundfont-small

TEST_PACKAGES += libaubio-dev libsoundtouch-dev libchromaprint-dev libsndfile1-dev

$(BUILD)/tests/ears/%.o: tests/ears/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(EARS_INC) -c $< -o $@
$(BUILD)/tests/ears/%.o: tests/ears/%.cc
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS_ALL) $(EARS_INC) -c $< -o $@

$(BUILD)/tests/ears/bench-ears: $(BUILD)/tests/ears/bench.o $(EARS_BENCH) $(EARS_BRAIN)
	$(Q)$(CXX) $(SAN) $^ -laubio -lSoundTouch -lsndfile -lmpg123 \
	    $(LIBS_brain) -o $@
$(BUILD)/tests/ears/lessons: $(EARS_TEACH) $(BUILD)/tests/ears/lessons.o $(EARS_BRAIN)
	$(Q)$(CC) $(SAN) $^ -lsndfile -lmpg123 $(LIBS_brain) -o $@
$(BUILD)/tests/ears/keys: $(EARS_TEACH) $(BUILD)/tests/ears/keys.o $(EARS_BRAIN)
	$(Q)$(CC) $(SAN) $^ -lsndfile -lmpg123 $(LIBS_brain) -o $@
$(BUILD)/tests/ears/train: tests/ears/train.c $(EARS_SONG) $(EARS_BRAIN)
	$(Q)$(CC) $(CFLAGS_ALL) -O3 -ffast-math $(EARS_INC) $^ $(LIBS_brain) -o $@

.PHONY: bench-ears bench-encodings ears-net
bench-ears: test-deps ## tempo, beats, bars, keys against other trackers
	@+$(MAKE) --no-print-directory $(BUILD)/tests/ears/bench-ears
	$(BUILD)/tests/ears/bench-ears $(SONGS) $(SEED) $(CHANGES)

ENCODED ?= $(BUILD)/tests/mix/songs-1 $(wildcard $(BUILD)/real)
bench-encodings: test-deps all $(BUILD)/tests/mix/songs-1 ## beats of the same music as WAV, FLAC, MP3
	python3 tests/ears/encodings.py $(BUILD)/forever $(ENCODED)

ears-net: $(BUILD)/tests/ears/lessons $(BUILD)/tests/ears/train $(BUILD)/tests/ears/keys ## teach the networks anew
	$(call install_packages,$(GROOVE_PACKAGES))
	python3 tests/ears/grooves.py $(BUILD)/tests/ears/grooves 0 $(GROOVES)
	$(BUILD)/tests/ears/lessons $(BUILD)/tests/ears/lessons.bin $(LESSONS) \
	    $$(ls $(BUILD)/tests/ears/grooves/*.truth | sed 's/\.truth$$//')
	$(BUILD)/tests/ears/train $(BUILD)/tests/ears/lessons.bin plugins/brain/ears/pulse/meter_net.h
	$(BUILD)/tests/ears/keys plugins/brain/ears/form/key_net.h $(KEY_SONGS)

$(BUILD)/tests/unit/ears/%: tests/unit/ears/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests/ears $< -lcmocka -lm -o $@

EARS_C := $(wildcard plugins/brain/ears/*.c plugins/brain/ears/*/*.c)
FUZZ_S ?= 600

# Comparisons of samples are not traced: that takes 14 times as long, and tells nothing.
$(BUILD)/tests/fuzz/ears_fuzz: tests/fuzz/ears_fuzz.c $(EARS_C) | fuzz-deps
	@mkdir -p $(@D)
	$(Q)clang -O2 -g -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -fno-sanitize-coverage=trace-cmp \
	    $(EARS_INC) $^ $(LIBS_brain) -o $@

.PHONY: fuzz-ears
fuzz-ears: $(BUILD)/tests/fuzz/ears_fuzz ## ten minutes of arbitrary sound for the analyser
	@mkdir -p $(BUILD)/fuzz/ears
	$< -max_total_time=$(FUZZ_S) -max_len=65536 -len_control=0 -timeout=30 $(BUILD)/fuzz/ears
