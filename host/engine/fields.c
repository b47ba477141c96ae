/* fields.c - a name that is missing or of another type reads as its default. */
#include "fields.h"

#include "bytes.h"

#include <errno.h>
#include <stdlib.h>

static int put(json_t *object, const char *name, json_t *given)
{
    if (!given)
        return -EINVAL;
    return json_object_set_new(object, name, given) ? -EINVAL : 0;
}

static int put_int(void *ctx, const char *name, int64_t value)
{
    return put(ctx, name, json_integer(value));
}

static int put_real(void *ctx, const char *name, double value)
{
    return put(ctx, name, json_real(value)); /* NULL when it is not finite */
}

static int put_text(void *ctx, const char *name, const char *value)
{
    return put(ctx, name, json_string(value));
}

static int put_json(void *ctx, const char *name, const char *json)
{
    return put(ctx, name, json_loads(json, JSON_DECODE_ANY, NULL));
}

struct fv_writer fields_writer(json_t *object)
{
    return (struct fv_writer){.struct_size = sizeof(struct fv_writer),
                              .ctx = object,
                              .put_int = put_int,
                              .put_real = put_real,
                              .put_text = put_text,
                              .put_json = put_json};
}

static int64_t get_int(void *ctx, const char *name, int64_t otherwise)
{
    const struct fields_reader *reader = ctx;
    const json_t *value = json_object_get(reader->object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static double get_real(void *ctx, const char *name, double otherwise)
{
    const struct fields_reader *reader = ctx;
    const json_t *value = json_object_get(reader->object, name);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static const char *get_text(void *ctx, const char *name, const char *otherwise)
{
    const struct fields_reader *reader = ctx;
    const char *value = json_string_value(json_object_get(reader->object, name));
    return value ? value : otherwise;
}

static const char *get_json(void *ctx, const char *name, const char *otherwise)
{
    struct fields_reader *reader = ctx;
    const json_t *value = json_object_get(reader->object, name);
    if (!value)
        return otherwise;
    char *text =
        json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17));
    reader->texts =
        must_realloc(reader->texts, (reader->text_count + 1) * sizeof *reader->texts);
    reader->texts[reader->text_count++] = text;
    return text;
}

struct fv_reader fields_reader_init(struct fields_reader *reader, json_t *object)
{
    *reader = (struct fields_reader){.object = object};
    return (struct fv_reader){.struct_size = sizeof(struct fv_reader),
                              .ctx = reader,
                              .get_int = get_int,
                              .get_real = get_real,
                              .get_text = get_text,
                              .get_json = get_json};
}

void fields_reader_release(struct fields_reader *reader)
{
    for (size_t i = 0; i < reader->text_count; i++)
        free(reader->texts[i]);
    free(reader->texts);
}
