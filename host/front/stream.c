/* stream.c - all mounts step together: a block is sendable when each mount has its frame.
 */
#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SLACK_FRAMES 200 /* frames in the log beyond buffer and history */

int stream_init(struct stream *stream, const struct stream_settings *settings)
{
    *stream = (struct stream){
        .mount_count = json_array_size(settings->mounts),
        .buffer_frames = pacer_frames(settings->buffer_s),
        .history_frames = pacer_frames(settings->history_s),
        .burst_frames = pacer_frames(settings->burst_s),
    };
    if (stream->burst_frames > stream->history_frames)
        stream->burst_frames = stream->history_frames;
    uint64_t frames = stream->buffer_frames + stream->history_frames + SLACK_FRAMES;
    for (size_t i = 0; i < stream->mount_count; i++) {
        struct mount *mount = &stream->mounts[i];
        const json_t *from = json_array_get(settings->mounts, i);
        snprintf(mount->path, sizeof mount->path, "%s",
                 json_string_value(json_object_get(from, "path")));
        mount->kbps = (uint32_t)json_number_value(json_object_get(from, "kbps"));
        mount->silent_length = mp3_frame_silent(mount->kbps, mount->silent);
        if (mount->silent_length == 0 ||
            frame_log_init(&mount->log, frames, mount->silent_length + 1) != 0) {
            stream_release(stream);
            return -ENOMEM;
        }
    }
    return 0;
}

void stream_release(struct stream *stream)
{
    for (size_t i = 0; i < stream->mount_count; i++)
        frame_log_release(&stream->mounts[i].log);
    stream->mount_count = 0;
}

int stream_push(struct stream *stream, uint64_t epoch, uint64_t made, uint64_t mount,
                const uint8_t *frame, size_t length)
{
    if (epoch != stream->epoch || made < stream->made)
        return 0;
    if (made > stream->made || mount >= stream->mount_count || length > MP3_MAX ||
        mp3_frame_length(frame, length) != length ||
        mp3_frame_kbps(frame) != stream->mounts[mount].kbps)
        return -EPROTO;
    struct mount *to = &stream->mounts[mount];
    memcpy(to->arriving, frame, length);
    to->arriving_length = length;
    for (size_t i = 0; i < stream->mount_count; i++)
        if (stream->mounts[i].arriving_length == 0)
            return 0;
    for (size_t i = 0; i < stream->mount_count; i++) {
        struct mount *m = &stream->mounts[i];
        frame_log_push(&m->log, m->arriving, m->arriving_length);
        m->arriving_length = 0;
    }
    stream->made++;
    return 1;
}

static void note_silence(struct stream *stream)
{
    struct silence *last =
        stream->silence_count ? &stream->silences[stream->silence_count - 1] : NULL;
    stream->silent_total++;
    if (last && last->made == stream->made) {
        last->count++;
        return;
    }
    if (stream->silence_count == STREAM_SILENCES) { /* fold the two oldest into one */
        stream->silences[1].count += stream->silences[0].count;
        memmove(stream->silences, stream->silences + 1,
                (STREAM_SILENCES - 1) * sizeof *stream->silences);
        stream->silence_count--;
    }
    stream->silences[stream->silence_count++] =
        (struct silence){.made = stream->made, .count = 1};
}

uint64_t stream_advance(struct stream *stream, uint64_t now_ns)
{
    uint64_t edge = pacer_edge(&stream->pacer, now_ns);
    while (stream->mounts[0].log.next < edge) {
        for (size_t i = 0; i < stream->mount_count; i++) {
            struct mount *m = &stream->mounts[i];
            frame_log_push(&m->log, m->silent, m->silent_length);
        }
        note_silence(stream);
    }
    return edge;
}

uint64_t stream_edge(const struct stream *stream, uint64_t now_ns)
{
    uint64_t due = pacer_edge(&stream->pacer, now_ns);
    uint64_t next = stream->mounts[0].log.next;
    return due < next ? due : next;
}

uint64_t stream_credit(const struct stream *stream, uint64_t now_ns)
{
    uint64_t next = stream->mounts[0].log.next;
    uint64_t goal = pacer_edge(&stream->pacer, now_ns) + stream->buffer_frames;
    return stream->made + (goal > next ? goal - next : 0);
}

uint64_t stream_rewind(struct stream *stream, uint64_t now_ns, uint64_t lead_frames)
{
    uint64_t sent = pacer_edge(&stream->pacer, now_ns) + lead_frames;
    for (size_t i = 0; i < stream->mount_count; i++)
        stream->mounts[i].arriving_length = 0;
    if (sent < stream->mounts[0].log.next) {
        stream->made -= stream->mounts[0].log.next - sent;
        for (size_t i = 0; i < stream->mount_count; i++)
            frame_log_truncate(&stream->mounts[i].log, sent);
    }
    stream->epoch++;
    return stream->made;
}

uint64_t stream_sent_of(const struct stream *stream, uint64_t made)
{
    uint64_t sent = made;
    for (size_t i = 0; i < stream->silence_count && stream->silences[i].made <= made; i++)
        sent += stream->silences[i].count;
    return sent;
}

uint64_t stream_made_of(const struct stream *stream, uint64_t sent)
{
    uint64_t shift = 0;
    for (size_t i = 0; i < stream->silence_count; i++) {
        uint64_t begins = stream->silences[i].made + shift;
        if (sent < begins)
            break;
        if (sent < begins + stream->silences[i].count)
            return stream->silences[i].made;
        shift += stream->silences[i].count;
    }
    return sent - shift;
}
