# forever: `make help` lists what can be made.

BUILD   ?= build
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
CC      ?= gcc
CXX     ?= g++
SAN     ?=
OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wconversion
COMMON  := $(OPT) $(SAN) -fno-omit-frame-pointer -pthread -D_GNU_SOURCE -MMD -MP
CFLAGS_ALL := -std=c11 $(WARN) $(COMMON) $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(COMMON) \
           -fno-gnu-unique -fvisibility=hidden -fvisibility-inlines-hidden $(CXXFLAGS)

# ---- packages (Debian), the only list of them -------------------------------------------
PACKAGES := gcc g++ libc6-dev libuv1-dev libhttp-parser-dev libjansson-dev libsqlite3-dev \
            libxxhash-dev libmpg123-dev libmp3lame-dev libsndfile1-dev libsoxr-dev \
            libebur128-dev libkissfft-dev libvorbis-dev libopusfile-dev
TEST_PACKAGES := libcmocka-dev curl mpg123 ffmpeg sox lame netcat-openbsd

.PHONY: all help deps test-deps crate run test check clean install
all: $(BUILD)/forever plugins ## build: build/forever and build/plugins/*.so

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

# ---- layers: each sees only the folders it is given ------------------------------------
INC_base    := -Ihost/base
INC_front   := -Ihost/base -Ihost/front
INC_engine  := -Iabi -Ihost/base -Ihost/engine
INC_main    := -Ihost/base -Ihost/front -Ihost/engine -Iabi

objects = $(patsubst %,$(BUILD)/%.o,$(basename $(wildcard $(1))))
BASE_O   := $(call objects,host/base/*.c)
FRONT_O  := $(call objects,host/front/*.c)
ENGINE_O := $(call objects,host/engine/*.c)
MAIN_O   := $(call objects,host/*.c)

$(BUILD)/host/base/%.o: host/base/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_base) -c $< -o $@
$(BUILD)/host/front/%.o: host/front/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_front) -c $< -o $@
$(BUILD)/host/engine/%.o: host/engine/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_engine) -c $< -o $@
$(BUILD)/host/%.o: host/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_main) -c $< -o $@

$(BUILD)/libbase.a: $(BASE_O)
$(BUILD)/libfront.a: $(FRONT_O)
$(BUILD)/libengine.a: $(ENGINE_O)
$(BUILD)/lib%.a:
	@rm -f $@
	$(Q)ar rcs $@ $^

LIBS_base   := -ljansson
LIBS_front  := -luv -lhttp_parser
LIBS_engine := -lsqlite3 -lxxhash -ldl -lm

$(BUILD)/forever: $(MAIN_O) $(BUILD)/libfront.a $(BUILD)/libengine.a $(BUILD)/libbase.a
	@echo "  link     $@"
	$(Q)$(CC) $(SAN) -pthread -rdynamic $^ $(LIBS_front) $(LIBS_engine) $(LIBS_base) -o $@

# ---- plugins: abi/ and their own folder, one exported symbol, swapped in whole ----------
PLUGINS := $(notdir $(wildcard plugins/brain plugins/mixer plugins/codec))
LIBS_brain := -lebur128 -lkissfft-float -lchromaprint -ljansson -lm
LIBS_mixer := -ljansson -lm
LIBS_codec := -lmpg123 -lmp3lame -lvorbisfile -lvorbis -lopusfile -lsndfile -lsoxr -lm
PLUGIN_LINK := -shared $(SAN) -Wl,--version-script=plugins/plugin.map $(if $(SAN),,-Wl,-z,defs)

.PHONY: plugins
plugins: $(PLUGINS:%=$(BUILD)/plugins/%.so)
$(BUILD)/plugins/codec/decode_opus.o: CFLAGS_ALL += -I/usr/include/opus
define plugin_rules
$(BUILD)/plugins/$(1)/%.o: plugins/$(1)/%.c
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) -fPIC -fvisibility=hidden -Iabi -Iplugins/$(1) -c $$< -o $$@
$(BUILD)/plugins/$(1)/%.o: plugins/$(1)/%.cc
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(CXXFLAGS_ALL) -fPIC -Iabi -Iplugins/$(1) -c $$< -o $$@
$(BUILD)/plugins/$(1).so: $$(call objects,plugins/$(1)/*.c plugins/$(1)/*.cc) plugins/plugin.map
	@echo "  plugin   $$@"
	$$(Q)$(if $(wildcard plugins/$(1)/*.cc),$$(CXX),$$(CC)) $$(PLUGIN_LINK) -pthread \
	    $$(filter %.o,$$^) $$(LIBS_$(1)) -o $$@.tmp && mv -f $$@.tmp $$@
$(BUILD)/plugins/$(1)/lib.a: $$(call objects,plugins/$(1)/*.c plugins/$(1)/*.cc)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
$(BUILD)/tests/unit/plugins/$(1)/%: tests/unit/plugins/$(1)/%.c $(BUILD)/plugins/$(1)/lib.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) -Iabi -Iplugins/$(1) $$< $(BUILD)/plugins/$(1)/lib.a \
	    -lcmocka $$(LIBS_$(1)) -o $$@
endef
$(foreach p,$(PLUGINS),$(eval $(call plugin_rules,$(p))))

# ---- the demo crate: tracks made by the project, with the truth about them ---------------
LIBS_demo := -lmp3lame -lebur128 -lm
DEMO_O := $(call objects,demo/*.c)

$(BUILD)/demo/%.o: demo/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Idemo -c $< -o $@
$(BUILD)/demo/forever-demo: $(DEMO_O)
	@echo "  link     $@"
	$(Q)$(CC) $(SAN) -pthread $^ $(LIBS_demo) -o $@
$(BUILD)/demo/lib.a: $(filter-out %/main.o,$(DEMO_O))
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/tests/unit/demo/%: tests/unit/demo/%.c $(BUILD)/demo/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Idemo $< $(BUILD)/demo/lib.a -lcmocka -lsndfile -ljansson \
	    -lmpg123 $(LIBS_demo) -o $@

crate: $(BUILD)/crate ## the demo crate, in build/crate
$(BUILD)/crate: | $(BUILD)/demo/forever-demo
	$(Q)rm -rf $@.part && $(BUILD)/demo/forever-demo -o $@.part && mv $@.part $@

# ---- fuzzing: clang's own, one program a file ------------------------------------------
FUZZ_CODEC := $(filter-out plugins/codec/codec.c plugins/codec/encode_lame.c, \
                $(wildcard plugins/codec/*.c))
$(BUILD)/tests/fuzz/decode_fuzz: tests/fuzz/decode_fuzz.c $(FUZZ_CODEC)
	@mkdir -p $(@D)
	$(Q)clang -std=c11 -g -O1 -fsanitize=fuzzer,address -D_GNU_SOURCE -Iabi -Iplugins/codec \
	    -I/usr/include/opus $^ $(LIBS_codec) -o $@

# ---- unit tests: tests/unit/PATH/x_test.c includes PATH/x.c, the file under test --------
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/*_test.c tests/unit/*/*/*_test.c))

.PHONY: test-units
test-units: $(UNIT_TESTS) ## run the unit tests
	$(Q)for test in $^; do echo "  test     $$test"; $$test || exit 1; done

-include tests/ears/ears.mk
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
