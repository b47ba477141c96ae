/* mp4_packets.c - see mp4_packets.h. */
#include "mp4_packets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>

#include "tag.h"

enum {
    IO_BYTES = 32768,
    PACKET_MAX = 1 << 20, /* bytes; the largest that AAC and ALAC have is a tenth of it */

    /* Bytes of libavformat's list of packets: 15 hours of AAC. A forged count of packets
     * would ask for gigabytes, be the file ever so small. */
    LIST_MAX = 64 << 20,
};

static int io_read(void *span, uint8_t *out, int bytes)
{
    ssize_t got = span_read(span, out, (size_t)bytes);
    return got < 0 ? (int)got : got == 0 ? AVERROR_EOF : (int)got;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
    struct byte_span *span = opaque;
    if (whence & AVSEEK_SIZE)
        return span->end - span->start;
    return span_seek(span, offset, whence & ~AVSEEK_FORCE);
}

/* Nothing but this file is read, whatever is written in it, and as no other format. */
static int open_format(AVFormatContext *format, AVIOContext *io)
{
    AVDictionary *how = NULL;
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(LIST_MAX);
    av_dict_set(&how, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2", 0);
    format->pb = io;
    int status = avformat_open_input(&format, NULL, NULL, &how);
    av_dict_free(&how);
    return status < 0 ? -EINVAL : 0;
}

static void read_tags(const AVFormatContext *format, struct fv_media *about)
{
    const struct {
        const char *name;
        char *tag;
    } tags[] = {
        {"title", about->title},
        {"artist", about->artist},
        {"album", about->album},
        {"genre", about->genre},
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const AVDictionaryEntry *entry =
            av_dict_get(format->metadata, tags[i].name, NULL, 0);
        if (entry)
            tag_set(tags[i].tag, entry->value, strlen(entry->value));
    }
}

static int keep(struct mp4_packets *out, const AVPacket *packet)
{
    if (packet->pos < 0 || packet->size <= 0 || packet->size > PACKET_MAX)
        return -EINVAL;
    if ((out->count & (out->count - 1)) == 0) { /* full at each power of two */
        size_t room = out->count ? 2 * (size_t)out->count : 1;
        struct mp4_packet *list = realloc(out->list, room * sizeof *list);
        if (!list)
            return -ENOMEM;
        out->list = list;
    }
    out->list[out->count++] = (struct mp4_packet){packet->pos, packet->size};
    if (packet->size > out->largest)
        out->largest = packet->size;
    return 0;
}

/* The list ends where the file does, or what is in it makes no sense. */
static int list_packets(AVFormatContext *format, int stream, struct mp4_packets *out)
{
    AVPacket *packet = av_packet_alloc();
    int status = packet ? 0 : -ENOMEM;
    while (status == 0 && av_read_frame(format, packet) >= 0) {
        if (packet->stream_index == stream) {
            size_t bytes;
            const uint8_t *skip =
                av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &bytes);
            if (skip && out->count == 0)
                out->skip = AV_RL32(skip);
            status = keep(out, packet);
        }
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return status == -ENOMEM ? status : out->count > 0 ? 0 : -EINVAL;
}

/* The length to the sample is in Apple's tag, if there is one; an edit list may have
 * rounded it to a millisecond. */
static int64_t music_length(const AVFormatContext *format, const AVStream *stream)
{
    const AVDictionaryEntry *gapless = av_dict_get(format->metadata, "iTunSMPB", NULL, 0);
    unsigned long long length;
    if (gapless && sscanf(gapless->value, "%*x %*x %*x %llx", &length) == 1 &&
        length > 0 && length < 1ull << 40)
        return (int64_t)length;
    return stream->duration > 0 ? stream->duration : 0;
}

static int read_stream(AVFormatContext *format, struct mp4_packets *out,
                       struct fv_media *about)
{
    int number = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (number < 0)
        return -EINVAL;
    const AVStream *stream = format->streams[number];
    out->codec = avcodec_parameters_alloc();
    if (!out->codec || avcodec_parameters_copy(out->codec, stream->codecpar) < 0)
        return -ENOMEM;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if ((int)i != number)
            format->streams[i]->discard = AVDISCARD_ALL;
    out->ticks_hz = stream->time_base.den / stream->time_base.num;
    out->length = music_length(format, stream);
    read_tags(format, about);
    return list_packets(format, number, out);
}

int mp4_packets_read(struct byte_span *span, struct mp4_packets *out,
                     struct fv_media *about, struct fv_error *error)
{
    *out = (struct mp4_packets){0};
    AVFormatContext *format = avformat_alloc_context();
    uint8_t *buffer = av_malloc(IO_BYTES);
    AVIOContext *io =
        buffer ? avio_alloc_context(buffer, IO_BYTES, 0, span, io_read, NULL, io_seek)
               : NULL;
    int status = format && io ? open_format(format, io) : -ENOMEM;
    if (status < 0)
        format = NULL; /* libavformat has freed it */
    else
        status = read_stream(format, out, about);
    avformat_close_input(&format);
    if (io)
        buffer = io->buffer;
    avio_context_free(&io);
    av_free(buffer);
    if (status == -ENOMEM)
        return fail(error, status, "out of memory");
    if (status < 0)
        return fail(error, -EINVAL,
                    "an MP4 that is damaged, cut short or without sound: fetch it again");
    return 0;
}

void mp4_packets_free(struct mp4_packets *packets)
{
    avcodec_parameters_free(&packets->codec);
    free(packets->list);
}
