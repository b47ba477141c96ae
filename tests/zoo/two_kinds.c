/* two_kinds.c - a mixer and a brain at once. */
#include "zoo.h"

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof(struct fv_plugin),
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR,
    .name = "zoo",
    .version = "1",
    .mixer = &mixer,
    .brain = &brain,
};
