/* forever/plugin.h - the one symbol that a plugin exports.
 *
 *     FV_EXPORT const struct fv_plugin forever_plugin = {
 *         .struct_size = sizeof(struct fv_plugin),
 *         .abi_major = FV_ABI_MAJOR, .abi_minor = FV_ABI_MINOR,
 *         .name = "my brain", .version = "0.1",
 *         .brain = &methods,
 *     };
 *
 * Rules of the border. The first three members stay where they are for ever. A host loads
 * a plugin of its own major and of its minor or an older one. Every table begins with its
 * struct_size; members are only ever appended, and what a table is too short to hold
 * reads as NULL or 0. Nothing that was allocated on one side is freed on the other. A
 * pointer without a word on ownership is borrowed for the call. Functions return 0 or a
 * count, or -errno.
 *
 * A plugin has no threads that outlive a call, no signal handlers, no atexit(), no static
 * variables that change, and it never prints or exits. Its code may be replaced between
 * any two calls: save() goes to the load() of the next.
 *
 * Threads: [mix] makes the sound, [scout] looks ahead, [worker] is one of several that
 * analyse. A plugin is never called on two threads at once but where a comment says so.
 */
#ifndef FOREVER_PLUGIN_H
#define FOREVER_PLUGIN_H

#include <forever/brain.h>
#include <forever/codec.h>
#include <forever/mixer.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FV_ABI_MAJOR 1u
#define FV_ABI_MINOR 2u
#define FV_SYMBOL "forever_plugin"
#define FV_EXPORT __attribute__((visibility("default")))

struct fv_plugin {
    uint32_t struct_size;
    uint32_t abi_major, abi_minor;
    uint32_t reserved;                    /* 0 */
    const char *name;                     /* of this implementation, for people */
    const char *version;                  /* for people */
    const struct fv_brain_methods *brain; /* exactly one of the three is set */
    const struct fv_mixer_methods *mixer;
    const struct fv_codec_methods *codec;
};

extern FV_EXPORT const struct fv_plugin forever_plugin;

#ifdef __cplusplus
}
#endif
#endif
