/* generation.c - trusts the first three members of a plugin and nothing else before it
 * has looked. */
#include "generation.h"

#include "bytes.h"
#include "fields.h"
#include "utf8.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[KINDS] = {"brain", "mixer", "codec"};

const char *kind_name(enum kind kind)
{
    return kind < KINDS ? kind_names[kind] : "plugin";
}

int kind_parse(const char *name, enum kind *kind)
{
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum kind)i;
            return 0;
        }
    }
    return -EINVAL;
}

static int refuse(struct fv_error *error, const char *format, const char *what)
{
    char text[sizeof error->text];
    snprintf(text, sizeof text, format, what);
    utf8_clean(text, error->text, sizeof error->text);
    return -EINVAL;
}

/* Copy a table of another build: what it is too short to hold becomes 0. */
static void copy_table(void *to, size_t size, const void *from)
{
    uint32_t given;
    memcpy(&given, from, sizeof given);
    memset(to, 0, size);
    memcpy(to, from, given < size ? given : size);
}

/* The first method that is missing; NULL = none is. */
static const char *missing_method(const struct generation *g)
{
#define NEED(method)                                                                     \
    if (!m->method)                                                                      \
    return #method
    if (g->kind == KIND_BRAIN) {
        const struct fv_brain_methods *m = &g->brain;
        NEED(create);
        NEED(destroy);
        NEED(save);
        NEED(load);
        NEED(analyse);
        NEED(refresh);
        NEED(pool);
        NEED(next);
        NEED(report);
    } else if (g->kind == KIND_MIXER) {
        const struct fv_mixer_methods *m = &g->mixer;
        NEED(create);
        NEED(destroy);
        NEED(save);
        NEED(load);
        NEED(plan);
        NEED(open);
        NEED(render);
        NEED(close);
    } else {
        const struct fv_codec_methods *m = &g->codec;
        NEED(create);
        NEED(destroy);
        NEED(save);
        NEED(load);
        NEED(open_decoder);
        NEED(decode);
        NEED(seek);
        NEED(close_decoder);
        NEED(open_encoder);
        NEED(encode);
        NEED(close_encoder);
    }
#undef NEED
    return NULL;
}

static int take_methods(struct generation *g, const struct fv_plugin *plugin,
                        struct fv_error *error)
{
    int tables = !!plugin->brain + !!plugin->mixer + !!plugin->codec;
    if (tables != 1)
        return refuse(error, "%s", "it must be exactly one of brain, mixer and codec");
    if (plugin->brain) {
        g->kind = KIND_BRAIN;
        copy_table(&g->brain, sizeof g->brain, plugin->brain);
    } else if (plugin->mixer) {
        g->kind = KIND_MIXER;
        copy_table(&g->mixer, sizeof g->mixer, plugin->mixer);
    } else {
        g->kind = KIND_CODEC;
        copy_table(&g->codec, sizeof g->codec, plugin->codec);
    }
    const char *name = missing_method(g);
    return name ? refuse(error, "it lacks a method that abi 1.0 asks for: %s", name) : 0;
}

static int take_plugin(struct generation *g, const struct fv_plugin *plugin,
                       enum kind kind, struct fv_error *error)
{
    if (plugin->struct_size < 3 * sizeof(uint32_t) || plugin->abi_major != FV_ABI_MAJOR ||
        plugin->abi_minor > FV_ABI_MINOR) {
        snprintf(error->text, sizeof error->text,
                 "abi %u.%u, this host speaks %u.%u: rebuild it against abi/",
                 plugin->abi_major, plugin->abi_minor, FV_ABI_MAJOR, FV_ABI_MINOR);
        return -EINVAL;
    }
    struct fv_plugin whole;
    copy_table(&whole, sizeof whole, plugin);
    g->abi_major = whole.abi_major;
    g->abi_minor = whole.abi_minor;
    utf8_clean(whole.name ? whole.name : "unnamed", g->name, sizeof g->name);
    utf8_clean(whole.version ? whole.version : "0", g->version, sizeof g->version);
    int rc = take_methods(g, &whole, error);
    if (rc == 0 && kind != KINDS && g->kind != kind)
        rc = refuse(error, "it is a %s", kind_name(g->kind));
    return rc;
}

int generation_open(const char *path, enum kind kind, struct generation **generation,
                    struct fv_error *error)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return refuse(error, "%s", dlerror());
    const struct fv_plugin *plugin = dlsym(handle, FV_SYMBOL);
    if (!plugin)
        return refuse(error, "no symbol %s: is it a plugin?", FV_SYMBOL);
    struct generation *g = must_alloc(sizeof *g);
    atomic_init(&g->references, 1);
    snprintf(g->path, sizeof g->path, "%s", path);
    int rc = take_plugin(g, plugin, kind, error);
    if (rc == 0)
        rc = file_hash(path, g->hash, NULL, NULL);
    if (rc) {
        free(g);
        return rc;
    }
    *generation = g;
    return 0;
}

static int load_state(struct generation *g, json_t *state)
{
    struct fields_reader fields;
    struct fv_reader reader = fields_reader_init(&fields, state);
    int rc = g->kind == KIND_BRAIN   ? g->brain.load(g->self.brain, &reader)
             : g->kind == KIND_MIXER ? g->mixer.load(g->self.mixer, &reader)
                                     : g->codec.load(g->self.codec, &reader);
    fields_reader_release(&fields);
    return rc;
}

int generation_create(struct generation *g, const struct services *services,
                      json_t *state, struct fv_error *error)
{
    g->services = *services;
    g->services.part = kind_name(g->kind);
    if (g->kind == KIND_BRAIN)
        g->services.analysis_version = g->brain.analysis_version;
    services_wire(&g->services);
    const struct fv_host *host = &g->services.host;
    int rc = g->kind == KIND_BRAIN   ? g->brain.create(host, &g->self.brain)
             : g->kind == KIND_MIXER ? g->mixer.create(host, &g->self.mixer)
                                     : g->codec.create(host, &g->self.codec);
    if (rc) {
        g->self.any = NULL;
        return refuse(error, "create failed: %s", strerror(-rc));
    }
    rc = load_state(g, state);
    return rc ? refuse(error, "it cannot take over the state: %s", strerror(-rc)) : 0;
}

json_t *generation_save(const struct generation *g)
{
    json_t *state = json_object();
    struct fv_writer writer = fields_writer(state);
    int rc = g->kind == KIND_BRAIN   ? g->brain.save(g->self.brain, &writer)
             : g->kind == KIND_MIXER ? g->mixer.save(g->self.mixer, &writer)
                                     : g->codec.save(g->self.codec, &writer);
    if (rc == 0)
        return state;
    json_decref(state);
    return NULL;
}

void generation_explain(int rc, const char *method, struct fv_error *error)
{
    struct fv_error given = *error;
    given.text[sizeof given.text - 1] = 0;
    utf8_clean(given.text, error->text, sizeof error->text);
    if (rc && rc != -ECANCELED && !error->text[0])
        snprintf(error->text, sizeof error->text, "%s failed: %s", method, strerror(-rc));
}

struct generation *generation_hold(struct generation *generation)
{
    if (generation)
        atomic_fetch_add(&generation->references, 1);
    return generation;
}

void generation_drop(struct generation *g)
{
    if (!g || atomic_fetch_sub(&g->references, 1) != 1)
        return;
    if (g->self.any && g->kind == KIND_BRAIN)
        g->brain.destroy(g->self.brain);
    else if (g->self.any && g->kind == KIND_MIXER)
        g->mixer.destroy(g->self.mixer);
    else if (g->self.any)
        g->codec.destroy(g->self.codec);
    services_release(&g->services);
    free(g);
}
