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
            libebur128-dev libvorbis-dev libopusfile-dev libchromaprint-dev libcurl4-openssl-dev \
            libavformat-dev libavcodec-dev libavutil-dev
TEST_PACKAGES := libcmocka-dev curl mpg123 ffmpeg lame netcat-openbsd python3

.PHONY: all help deps test-deps crate run test clean install
all: $(BUILD)/forever plugins ## build only: build/forever and build/plugins/*.so

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

# Install those of the packages named in $(1) that are missing, and say which.
define install_packages
	@missing=""; for p in $(1); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || \
	    missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	    echo "  install $$missing"; \
	    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

deps: ## install the Debian packages that building and running need
	$(call install_packages,$(PACKAGES))
test-deps: deps ## install what the tests need besides
	$(call install_packages,$(TEST_PACKAGES))

# Packages come first and the build is a make of its own, which then sees their files.
CRATE ?= $(BUILD)/crate
run: deps ## build, make the demo crate if there is none, and play (CRATE=DIR plays a folder)
	@+$(MAKE) --no-print-directory -j"$$(nproc)" all \
	    $(if $(filter $(BUILD)/crate,$(CRATE)),crate)
	$(BUILD)/forever serve $(RUN_FLAGS) "$(CRATE)"

test: test-deps ## install, build, run every test that a change has to pass
	@+$(MAKE) --no-print-directory -j"$$(nproc)" all crate build-tests
	@+$(MAKE) --no-print-directory check-layers check-symbols check-headers
	@+$(MAKE) --no-print-directory -j2 test-units test-scenarios
	@echo "all tests passed"

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
$(BUILD)/host/front/page.o: host/front/page.html host/front/monitor.html
$(BUILD)/host/%.o: host/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_main) -c $< -o $@

$(BUILD)/libbase.a: $(BASE_O)
$(BUILD)/libfront.a: $(FRONT_O)
$(BUILD)/libengine.a: $(ENGINE_O)
$(BUILD)/lib%.a:
	@rm -f $@
	$(Q)ar rcs $@ $^

# The include paths hold the layers; this holds what they can't see.
.PHONY: check-layers check-symbols check-headers
check-layers: ## no include crosses a border that the architecture draws
	@! grep -nE '#include ".*\.\./' -r abi host plugins demo
	@! grep -lE '#include <uv.h>' -r abi host/base host/engine host/*.c plugins demo
	@! grep -lE '#include <forever/' -r host/base host/front
	@! grep -lE '#include <jansson.h>' -r abi

check-headers: ## abi/ compiles alone, as C11 and as C++, and nothing in it has moved
	@if [ "$$(uname -m)" = x86_64 ]; then \
	    $(CC) -std=c11 -Wall -Wextra -Werror -Iabi -fsyntax-only tests/abi/layout.c; fi
	@for h in abi/forever/*.h; do \
	    echo "#include <forever/$${h##*/}>" | $(CC) -std=c11 -Wall -Wextra -Wpedantic \
	        -Werror -Iabi -fsyntax-only -x c - && \
	    echo "#include <forever/$${h##*/}>" | $(CXX) -std=c++11 -Wall -Wextra -Wpedantic \
	        -Werror -Iabi -fsyntax-only -x c++ - || exit 1; done

check-symbols: all ## plugins export one symbol, and keep no variables
	@! nm -D --defined-only $(BUILD)/forever | grep ' T ' || \
	    { echo "a function of that name in a plugin would be the host's"; exit 1; }
	@for so in $(PLUGINS:%=$(BUILD)/plugins/%.so); do \
	    [ "$$(nm -D --defined-only $$so | awk '{print $$3}')" = forever_plugin ] || \
	        { echo "$$so exports more than forever_plugin"; exit 1; }; \
	    ! nm $$so | grep -E ' u ' || { echo "$$so has UNIQUE symbols"; exit 1; }; \
	    ! objdump -t $$so | grep -E ' O \.(data|bss)[[:space:]]' | \
	        grep -vE ' (completed\.0|__dso_handle|\.hidden __dso_handle|__TMC_END__)$$' || \
	        { echo "$$so keeps variables"; exit 1; }; done

LIBS_base   := -ljansson
LIBS_front  := -luv -lhttp_parser
LIBS_engine := -lsqlite3 -lxxhash -ldl -lm

$(BUILD)/forever: $(MAIN_O) $(BUILD)/libfront.a $(BUILD)/libengine.a $(BUILD)/libbase.a
	@echo "  link     $@"
	$(Q)$(CC) $(SAN) -pthread $^ $(LIBS_front) $(LIBS_engine) $(LIBS_base) -o $@

# ---- plugins: abi/ and their own folder, one exported symbol, swapped in whole ----------
PLUGINS := $(notdir $(wildcard plugins/brain plugins/mixer plugins/codec))
LIBS_brain := -lavutil -lchromaprint -lcurl -ljansson -lm
LIBS_mixer := -ljansson -lm
LIBS_codec := -lmpg123 -lmp3lame -lvorbisfile -lvorbis -logg -lopusfile -lsndfile -lsoxr \
    -lavformat -lavcodec -lavutil -lm
PLUGIN_LINK := -shared $(SAN) -Wl,--version-script=plugins/plugin.map $(if $(SAN),,-Wl,-z,defs)

.PHONY: plugins
plugins: $(PLUGINS:%=$(BUILD)/plugins/%.so)
$(BUILD)/plugins/codec/decode_opus.o: CFLAGS_ALL += -I/usr/include/opus
# Sound is made of long loops over samples, which -O3 turns into vectors.
$(BUILD)/plugins/mixer/%.o $(BUILD)/plugins/brain/ears/%.o: CFLAGS_ALL += $(if $(SAN),,-O3)
# A plugin's folders: the include flags for them, the files in them.
inside = $(patsubst %/,-I%,$(dir $(wildcard $(1)/ $(1)/*/. $(1)/*/*/.)))
sources = $(foreach e,c cc,$(1)/*.$(e) $(1)/*/*.$(e) $(1)/*/*/*.$(e))
define plugin_rules
$(BUILD)/plugins/$(1)/%.o: plugins/$(1)/%.c
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) -fPIC -fvisibility=hidden -Iabi $(call inside,plugins/$(1)) \
	    -c $$< -o $$@
$(BUILD)/plugins/$(1)/%.o: plugins/$(1)/%.cc
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(CXXFLAGS_ALL) -fPIC -Iabi $(call inside,plugins/$(1)) -c $$< -o $$@
$(BUILD)/plugins/$(1).so: $$(call objects,$$(call sources,plugins/$(1))) plugins/plugin.map
	@echo "  plugin   $$@"
	$$(Q)$(if $(wildcard plugins/$(1)/*.cc),$$(CXX),$$(CC)) $$(PLUGIN_LINK) -pthread \
	    $$(filter %.o,$$^) $$(LIBS_$(1)) -o $$@.tmp && mv -f $$@.tmp $$@
$(BUILD)/plugins/$(1)/lib.a: $$(call objects,$$(call sources,plugins/$(1)))
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
$(BUILD)/tests/unit/plugins/$(1)/%: tests/unit/plugins/$(1)/%.c $(BUILD)/plugins/$(1)/lib.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) -Iabi $(call inside,plugins/$(1)) -Itests/$(1) $$< \
	    $(BUILD)/plugins/$(1)/lib.a -lcmocka $$(LIBS_$(1)) $$(TEST_LIBS_$(1)) -o $$@
endef
TEST_LIBS_brain := -lebur128
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
$(BUILD)/tests/fuzz/decode_fuzz: tests/fuzz/decode_fuzz.c $(FUZZ_CODEC) | fuzz-deps
	@mkdir -p $(@D)
	$(Q)clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -D_GNU_SOURCE -Iabi -Iplugins/codec -I/usr/include/opus \
	    $^ $(LIBS_codec) -o $@

FUZZ_S ?= 600
.PHONY: fuzz-deps
fuzz-deps: test-deps
	$(call install_packages,clang libclang-rt-14-dev)
fuzz: $(BUILD)/tests/fuzz/decode_fuzz ## libFuzzer on the decoders, FUZZ_S seconds
	@mkdir -p $(BUILD)/tests/fuzz/corpus $(BUILD)/tests/fuzz/seeds
	$(Q)tests/fuzz/seeds.sh $(BUILD)/tests/fuzz/seeds
	$(BUILD)/tests/fuzz/decode_fuzz -max_total_time=$(FUZZ_S) -detect_leaks=0 -timeout=20 \
	    -rss_limit_mb=2000 $(BUILD)/tests/fuzz/corpus $(BUILD)/tests/fuzz/seeds

# ---- unit tests: tests/unit/PATH/x_test.c includes PATH/x.c, the file under test --------
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/*_test.c tests/unit/*/*/*_test.c))
HOST_A     := $(BUILD)/libfront.a $(BUILD)/libengine.a $(BUILD)/libbase.a
HOST_LIBS  := $(LIBS_front) $(LIBS_engine) $(LIBS_base)

define host_test_rules
$(BUILD)/tests/unit/$(1)/%: tests/unit/$(1)/%.c $(HOST_A)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(INC_$(1)) -Ihost/$(1) -Itests $$< $(HOST_A) -lcmocka \
	    -lmpg123 $(HOST_LIBS) -o $$@
endef
$(foreach layer,base front engine,$(eval $(call host_test_rules,$(layer))))

# Plugins that misbehave, each in its own way, and the one of docs/writing-a-plugin.md.
ZOO := $(patsubst tests/zoo/%.c,$(BUILD)/tests/zoo/%.so,$(wildcard tests/zoo/*.c)) \
       $(BUILD)/tests/zoo/hum.so
$(BUILD)/tests/zoo/%.so: tests/zoo/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -fPIC -shared -Iabi $< -lm -o $@
$(BUILD)/tests/zoo/hum.c: docs/writing-a-plugin.md
	@mkdir -p $(@D)
	$(Q)sed -n '/^```c$$/,/^```$$/p' $< | sed '/^```/d' >$@
$(BUILD)/tests/zoo/hum.so: $(BUILD)/tests/zoo/hum.c
	$(Q)$(CC) $(CFLAGS_ALL) -fPIC -shared -Iabi $< -lm -o $@
$(BUILD)/tests/listen: tests/tools/listen.c $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Ihost/base $^ -o $@

.PHONY: build-tests test-units test-scenarios check-asan check-tsan check-valgrind soak fuzz bench
build-tests: $(UNIT_TESTS) $(ZOO) $(BUILD)/tests/listen
test-units: $(UNIT_TESTS) $(ZOO) all ## run the unit tests
	$(Q)for test in $(UNIT_TESTS); do echo "  test     $$test"; \
	    FOREVER_EXE="$(abspath $(BUILD)/forever)" FOREVER_BUILD="$(abspath $(BUILD))" \
	    nice $$test 2>&1 || exit 1; done

# The state of a program that has heard the demo crate, and five minutes of the show it plays.
$(BUILD)/heard: $(BUILD)/forever $(PLUGINS:%=$(BUILD)/plugins/%.so) | $(BUILD)/crate
	@rm -rf $@ $@.part && mkdir -p $@.part
	$(Q)$(BUILD)/forever render "$(abspath $(BUILD)/crate)" -o $@.part/show.mp3 --duration 5m \
	    --state $@.part/state && mv $@.part $@

# tests/scenario/x.sh: start forever, listen, do something cruel, judge what was heard. They
# mostly wait, so the unit tests, which do not, go on beside them; then two run at a time.
SCENARIOS := $(patsubst tests/scenario/%.sh,scenario-%,$(wildcard tests/scenario/*.sh))
test-scenarios: $(SCENARIOS) ## run the scenarios
.PHONY: $(SCENARIOS)
$(SCENARIOS): scenario-%: tests/scenario/%.sh all crate $(ZOO) $(BUILD)/tests/listen $(BUILD)/heard
	@echo "  scenario $<"
	$(Q)BUILD="$(abspath $(BUILD))" tests/run-scenario $<

SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
check-asan: test-deps ## all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@+$(MAKE) --no-print-directory -j"$$(nproc)" BUILD=build-asan SAN="$(SAN_FLAGS)" OPT="-O1 -g" \
	    all build-tests
	@ln -sfn ../$(BUILD)/crate build-asan/crate
	@+$(MAKE) --no-print-directory -j2 BUILD=build-asan SAN="$(SAN_FLAGS)" OPT="-O1 -g" \
	    UNIT_TESTS="$(patsubst $(BUILD)/%,build-asan/%,$(filter-out $(SLOW_TESTS),$(UNIT_TESTS)))" \
	    SCENARIOS="$(filter-out scenario-07-readme,$(SCENARIOS))" test-units test-scenarios
# The first render for long, the last judges renders, the README's commands build a mixer: the
# sanitizers see that code in others.
SLOW_TESTS := $(BUILD)/tests/unit/demo/% $(BUILD)/tests/unit/mix/%

TSAN_SCENARIOS := scenario-02-swap scenario-03-bad-plugins scenario-05-http
check-tsan: test-deps ## swaps, crashes and bad plugins under ThreadSanitizer
	@+$(MAKE) --no-print-directory -j"$$(nproc)" BUILD=build-tsan SAN=-fsanitize=thread \
	    OPT="-O1 -g" all build-tests
	@ln -sfn ../$(BUILD)/crate build-tsan/crate
	@+TSAN_OPTIONS="log_path=$(abspath build-tsan/report) handle_segv=0 handle_sigbus=0 handle_abort=0" \
	    $(MAKE) --no-print-directory BUILD=build-tsan SAN=-fsanitize=thread OPT="-O1 -g" \
	    $(TSAN_SCENARIOS)
	@! ls build-tsan/report.* 2>/dev/null

check-valgrind: test-deps all build-tests ## the host's unit tests under valgrind
	$(call install_packages,valgrind)
	$(Q)for test in $(filter $(BUILD)/tests/unit/base/% $(BUILD)/tests/unit/front/%,$(UNIT_TESTS)); do \
	    FOREVER_EXE="$(abspath $(BUILD)/forever)" FOREVER_BUILD="$(abspath $(BUILD))" \
	    valgrind -q --error-exitcode=1 --leak-check=full $$test || exit 1; done

$(BUILD)/tests/bench/lame_alone: tests/bench/lame_alone.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< -lmp3lame -o $@
$(BUILD)/tests/bench/decode_alone: tests/bench/decode_alone.c $(HOST_A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_engine) $< $(HOST_A) $(HOST_LIBS) -o $@

soak: all crate ## 200 tracks rendered fast: resident memory stays flat
	BUILD=$(BUILD) tests/bench/soak.sh
bench: test-deps all crate $(BUILD)/tests/bench/lame_alone $(BUILD)/tests/bench/decode_alone ## speed of render, decode and analyse beside plain LAME
	BUILD=$(BUILD) tests/bench/bench.sh

PREFIX ?= /usr/local
install: all ## install below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/forever \
	    $(DESTDIR)$(PREFIX)/include/forever
	install -m 755 $(BUILD)/forever $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(PLUGINS:%=$(BUILD)/plugins/%.so) $(DESTDIR)$(PREFIX)/lib/forever
	install -m 644 abi/forever/*.h $(DESTDIR)$(PREFIX)/include/forever
clean: ## remove what was built, the demo crate too
	rm -rf build build-asan build-tsan

-include tests/ears/ears.mk tests/mix/mix.mk tests/brain/brain.mk tests/real/real.mk
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
