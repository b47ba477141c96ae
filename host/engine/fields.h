/* fields.h - a plugin's state as named fields: fv_writer and fv_reader over JSON. */
#ifndef FIELDS_H
#define FIELDS_H

#include <forever/state.h>
#include <jansson.h>

/* A writer that puts into `object` (borrowed, kept while the writer is used). */
struct fv_writer fields_writer(json_t *object);

/* Texts made for get_json are kept until fields_reader_release. */
struct fields_reader {
    json_t *object;
    char **texts;
    size_t text_count;
};

/* `object` may be NULL: an empty state. */
struct fv_reader fields_reader_init(struct fields_reader *reader, json_t *object);
void fields_reader_release(struct fields_reader *reader);

#endif
