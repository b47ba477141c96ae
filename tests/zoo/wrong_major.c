/* wrong_major.c - made for the host after next. */
#include "zoo.h"

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof(struct fv_plugin),
    .abi_major = FV_ABI_MAJOR + 1,
    .name = "zoo",
    .version = "1",
    .mixer = &mixer,
};
