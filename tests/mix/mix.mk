# The mixes' bench, its scorer and the scorer's tests; included by the Makefile.

MIX_INC   := -Iabi -Itests/mix -Itests/ears
MIX_SCORE := $(patsubst %,$(BUILD)/tests/mix/%.o,mix figures beats loudness bands seams songs)
MIX_FILE  := $(BUILD)/tests/ears/audio_file.o
MIX_LIBS  := -lebur128 -lkissfft-float -lsndfile -lmpg123 -ljansson -lm

$(BUILD)/tests/mix/%.o: CFLAGS_ALL += $(if $(SAN),,-O3)
$(BUILD)/tests/mix/%.o: tests/mix/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(MIX_INC) -c $< -o $@

$(BUILD)/tests/mix/score-mix: $(BUILD)/tests/mix/score.o $(MIX_SCORE) $(MIX_FILE)
	$(Q)$(CC) $(SAN) $^ $(MIX_LIBS) -o $@
