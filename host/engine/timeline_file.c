/* timeline_file.c - JSON by hand around what segment_view.c makes of each segment. */
#include "timeline_file.h"

#include "segment_view.h"

#include <errno.h>

int timeline_file_open(struct timeline_file *timeline, const char *path)
{
    *timeline = (struct timeline_file){.file = fopen(path, "we")};
    if (!timeline->file)
        return -errno;
    fprintf(timeline->file, "{\"sample_rate\": %d, \"started\": 0.0, \"segments\": [",
            SEGMENT_RATE);
    return 0;
}

void timeline_file_add(struct timeline_file *timeline, const struct segment *segment,
                       int64_t until)
{
    if (!timeline->file)
        return;
    int64_t end = segment->start + segment->heard;
    struct segment_view view = {.start = segment->start,
                                .end = end < until ? end : until};
    json_t *sent = segment_json(segment);
    json_t *shown = segment_view_json(sent, &view);
    fputs(timeline->count++ ? ",\n" : "\n", timeline->file);
    json_dumpf(shown, timeline->file, JSON_REAL_PRECISION(15));
    json_decref(shown);
    json_decref(sent);
}

int timeline_file_close(struct timeline_file *timeline)
{
    if (!timeline->file)
        return 0;
    fputs("\n]}\n", timeline->file);
    int rc = ferror(timeline->file) ? -EIO : 0;
    if (fclose(timeline->file) != 0)
        rc = -EIO;
    timeline->file = NULL;
    return rc;
}
