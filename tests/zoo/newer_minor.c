/* newer_minor.c - asks for services that this host does not have yet. */
#include "zoo.h"

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof(struct fv_plugin),
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR + 1,
    .name = "zoo",
    .version = "1",
    .mixer = &mixer,
};
