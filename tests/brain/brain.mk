# The brain's benches and their helpers; included by the Makefile.

BRAIN_INC := -Iabi $(call inside,plugins/brain) -Itests/brain
BRAIN_A   := $(BUILD)/plugins/brain/lib.a

$(BUILD)/tests/brain/%.o: tests/brain/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(BRAIN_INC) -c $< -o $@
$(BUILD)/tests/brain/bench-tour: $(patsubst %,$(BUILD)/tests/brain/%.o,bench_tour bound climb \
    instance) $(BRAIN_A)
	$(Q)$(CC) $(SAN) $^ $(LIBS_brain) -o $@

.PHONY: bench-tour
bench-tour: $(BUILD)/tests/brain/bench-tour ## how far tours are from the best known (BOUND=1: and from the least possible)
	$< $(if $(BOUND),--bound)
