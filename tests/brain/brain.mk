# The brain's benches and their helpers; included by the Makefile.

BRAIN_INC := -Iabi $(call inside,plugins/brain) -Itests/brain
BRAIN_A   := $(BUILD)/plugins/brain/lib.a

$(BUILD)/tests/brain/%.o: tests/brain/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(BRAIN_INC) -c $< -o $@
$(BUILD)/tests/brain/bench-tour: $(patsubst %,$(BUILD)/tests/brain/%.o,bench_tour bound climb \
    instance) $(BRAIN_A)
	$(Q)$(CC) $(SAN) $^ $(LIBS_brain) -o $@

.PHONY: bench-tour bench-many
bench-many: all ## an order of 20,000 tracks: time and memory
	tests/brain/bench_many.sh $(BUILD)/forever
bench-tour: $(BUILD)/tests/brain/bench-tour ## how far tours are from the best known (BOUND=1: and from the least possible)
	$< $(if $(BOUND),--bound)

# The solver's test holds it against the benches' instances and the original's way.
$(BUILD)/tests/unit/plugins/brain/tour_test: tests/unit/plugins/brain/tour_test.c \
    $(patsubst %,$(BUILD)/tests/brain/%.o,climb instance) $(BRAIN_A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(BRAIN_INC) $(filter %_test.c %.o %.a,$^) -lcmocka \
	    $(LIBS_brain) -o $@
