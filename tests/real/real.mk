# The ears' bench on real music, made from Debian packages; included by the Makefile.

REAL := $(BUILD)/tests/real
REAL_PACKAGES := libopenmpt-dev libkissfft-dev lmms lmms-common fluidsynth fluid-soundfont-gm \
    openttd-openmsx simutrans-data freedoom fretsonfire-songs-sectoid fretsonfire-songs-muldjord \
    heroes-sound-tracks pekka-kana-2-data gl-117-data biniax2-data flobopuyo rafkill-data pachi-data \
    bomberclone-data tecnoballz-data freedroid-data solarwolf ri-li-data njam-data pingus-data vodovod \
    dodgindiamond2 gemdropx madbomber-data penguin-command circuslinux-data vectoroids bb black-box \
    freedink-data gweled mma monsterz-data open-invaders-data planetblupi-music-midi tomatoes-data \
    ironseed-data rockdodger ballz-data criticalmass-data pinball-table-hurd-data pangzero

$(REAL)/%.o: tests/real/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(EARS_INC) -c $< -o $@
$(REAL)/module: tests/real/module.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< -lopenmpt -lsndfile -o $@
$(REAL)/cut: tests/real/cut.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< -lsndfile -lm -o $@
$(REAL)/lag: $(REAL)/lag.o $(patsubst %,$(BUILD)/tests/ears/%.o,truth audio_file tape)
	$(Q)$(CC) $(SAN) $^ -lkissfft-float -lsndfile -lmpg123 -lm -o $@
$(REAL)/bench-real: $(REAL)/bench.o $(BUILD)/tests/ears/truth.o $(EARS_BENCH) $(EARS_BRAIN)
	$(Q)$(CXX) $(SAN) $^ -laubio -lSoundTouch -lsndfile -lmpg123 $(LIBS_brain) -o $@

.PHONY: bench-real
bench-real: test-deps ## the ears on real music: Debian's modules, projects, charts, MIDI files
	$(call install_packages,$(REAL_PACKAGES))
	@+$(MAKE) --no-print-directory $(addprefix $(REAL)/,module cut lag bench-real)
	python3 tests/real/corpus.py $(REAL) $(BUILD)/real
	$(REAL)/bench-real $$(ls $(BUILD)/real/*.truth | sed 's/\.truth$$//')
