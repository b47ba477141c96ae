/* decode_mp4.c - AAC and ALAC in MP4 (.m4a), packets found by libavformat, decoded by
 * libavcodec.
 *
 * All packets are of one length but the last, so a frame's packet is known. What AAC
 * decodes depends on the packets before, the noise in it (PNS) on all of them; so that
 * seeks are exact, a decoder is begun anew every few seconds, whoever reads there. It
 * gets the first packet of all, in which the settings of SBR are, and PREROLL packets.
 */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <sndfile.h>

#include "clean.h"
#include "downmix.h"
#include "mp4_packets.h"

enum {
    SPELL = 1 << 18, /* frames after which a decoder is begun anew, about */
    PREROLL = 8,     /* packets; the overlap of AAC is one, SBR's filters two */
    TRIED = 8,       /* packets at the start, of which one has to be sound */
    FRAMES_MAX = 16384,
};

struct mp4_source {
    struct source base;
    struct byte_span span;
    struct mp4_packets packets;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    uint8_t *bytes; /* of a packet */
    float *mixed;   /* `step` frames in stereo: packet next - 1 */
    float *wide;    /* one packet with all of its channels */
    struct downmix mix;
    int step;     /* frames in a packet */
    int64_t next; /* the packet that the decoder gets next; -1: it is to begin anew */
    int64_t skip; /* frames before the music */
    int64_t at;   /* the next frame to give, of the music */
};

static int begin_decoder(struct mp4_source *mp4)
{
    const AVCodec *codec = avcodec_find_decoder(mp4->packets.codec->codec_id);
    avcodec_free_context(&mp4->decoder);
    mp4->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!mp4->decoder ||
        avcodec_parameters_to_context(mp4->decoder, mp4->packets.codec) < 0)
        return -ENOMEM;
    mp4->decoder->thread_count = 1;
    mp4->decoder->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
    return avcodec_open2(mp4->decoder, codec, NULL) < 0 ? -EINVAL : 0;
}

/* Give a packet to the decoder.
 * returns  1: its sound is in mp4->frame; 0: it gave none; or -EIO */
static int decode_packet(struct mp4_source *mp4, int64_t number)
{
    const struct mp4_packet *where = &mp4->packets.list[number];
    mp4->span.at = where->at;
    ssize_t got = span_read(&mp4->span, mp4->bytes, (size_t)where->bytes);
    if (got < 0)
        return -EIO;
    memset(mp4->bytes + got, 0,
           (size_t)(where->bytes - got) + AV_INPUT_BUFFER_PADDING_SIZE);
    mp4->packet->data = mp4->bytes;
    mp4->packet->size = where->bytes;
    return avcodec_send_packet(mp4->decoder, mp4->packet) >= 0 &&
           avcodec_receive_frame(mp4->decoder, mp4->frame) >= 0;
}

/* A channel of the decoded packet as floats, `stride` apart, whatever it is stored as. */
static void take_channel(const AVFrame *frame, int channel, int frames, float *out,
                         int stride)
{
    bool is_planar = av_sample_fmt_is_planar(frame->format);
    const void *from = frame->extended_data[is_planar ? channel : 0];
    int at = is_planar ? 0 : channel, hop = is_planar ? 1 : frame->ch_layout.nb_channels;
    switch (av_get_packed_sample_fmt(frame->format)) {
    case AV_SAMPLE_FMT_FLT:
        for (int i = 0; i < frames; i++)
            out[i * stride] = ((const float *)from)[at + i * hop];
        break;
    case AV_SAMPLE_FMT_S16:
        for (int i = 0; i < frames; i++)
            out[i * stride] = ((const int16_t *)from)[at + i * hop] / 32768.0f;
        break;
    case AV_SAMPLE_FMT_S32:
        for (int i = 0; i < frames; i++)
            out[i * stride] =
                (float)((const int32_t *)from)[at + i * hop] / 2147483648.0f;
        break;
    default:
        for (int i = 0; i < frames; i++)
            out[i * stride] = 0.0f;
    }
}

/* The decoded packet in stereo. What is not like the first packet is silent: it is
 * damaged, and time goes on. */
static void mix_frame(struct mp4_source *mp4)
{
    const AVFrame *frame = mp4->frame;
    int channels = mp4->mix.channels;
    int frames = frame->nb_samples < mp4->step ? frame->nb_samples : mp4->step;
    if (frame->ch_layout.nb_channels != channels ||
        frame->sample_rate != (int)mp4->base.rate)
        frames = 0;
    for (int c = 0; c < channels; c++)
        take_channel(frame, c, frames, mp4->wide + c, channels);
    clean_samples(mp4->wide, (int64_t)frames * channels);
    downmix_run(&mp4->mix, mp4->wide, mp4->mixed, frames);
    memset(mp4->mixed + (size_t)frames * FV_CHANNELS, 0,
           (size_t)(mp4->step - frames) * FV_CHANNELS * sizeof *mp4->mixed);
}

static int64_t packets_of_a_spell(const struct mp4_source *mp4)
{
    return SPELL / mp4->step;
}

/* A new decoder, that has heard what stands before a packet at which a spell begins. */
static int begin_spell(struct mp4_source *mp4, int64_t number)
{
    int status = begin_decoder(mp4);
    int64_t from = number > PREROLL ? number - PREROLL : 0;
    if (status == 0 && from > 0)
        status = decode_packet(mp4, 0);
    for (; status >= 0 && from < number; from++)
        status = decode_packet(mp4, from);
    mp4->next = status < 0 ? -1 : number;
    return status < 0 ? status : 0;
}

/* Bring a packet into mp4->mixed. */
static int reach(struct mp4_source *mp4, int64_t number)
{
    int64_t spell = packets_of_a_spell(mp4), start = number - number % spell;
    if (mp4->next == number + 1)
        return 0;
    int status = 0;
    if (mp4->next <= start || mp4->next > number)
        status = begin_spell(mp4, start);
    while (status >= 0 && mp4->next <= number)
        status = decode_packet(mp4, mp4->next++);
    if (status < 0) {
        mp4->next = -1;
        return status;
    }
    if (status == 0)
        mp4->frame->nb_samples = 0;
    mix_frame(mp4);
    return 0;
}

static int mp4_read(struct source *source, float *out, int frames)
{
    struct mp4_source *mp4 = (struct mp4_source *)source;
    int64_t left = source->length - mp4->at, at = mp4->skip + mp4->at;
    if (left <= 0)
        return 0;
    int status = reach(mp4, at / mp4->step);
    if (status < 0)
        return status;
    int into = (int)(at % mp4->step);
    if (frames > left)
        frames = (int)left;
    if (frames > mp4->step - into)
        frames = mp4->step - into;
    memcpy(out, mp4->mixed + (size_t)into * FV_CHANNELS,
           (size_t)frames * FV_CHANNELS * sizeof *out);
    mp4->at += frames;
    return frames;
}

static int mp4_seek(struct source *source, int64_t frame)
{
    ((struct mp4_source *)source)->at = frame;
    return 0;
}

static void mp4_close(struct source *source)
{
    struct mp4_source *mp4 = (struct mp4_source *)source;
    mp4_packets_free(&mp4->packets);
    avcodec_free_context(&mp4->decoder);
    av_packet_free(&mp4->packet);
    av_frame_free(&mp4->frame);
    free(mp4->bytes);
    free(mp4->mixed);
    free(mp4->wide);
    free(mp4);
}

static const struct source_kind mp4_kind = {mp4_read, mp4_seek, mp4_close};

static void set_mix(struct mp4_source *mp4, const AVChannelLayout *layout)
{
    static const int places[] = {
        [AV_CHAN_FRONT_LEFT] = SF_CHANNEL_MAP_LEFT,
        [AV_CHAN_FRONT_RIGHT] = SF_CHANNEL_MAP_RIGHT,
        [AV_CHAN_FRONT_CENTER] = SF_CHANNEL_MAP_CENTER,
        [AV_CHAN_LOW_FREQUENCY] = SF_CHANNEL_MAP_LFE,
        [AV_CHAN_BACK_LEFT] = SF_CHANNEL_MAP_REAR_LEFT,
        [AV_CHAN_BACK_RIGHT] = SF_CHANNEL_MAP_REAR_RIGHT,
        [AV_CHAN_FRONT_LEFT_OF_CENTER] = SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER,
        [AV_CHAN_FRONT_RIGHT_OF_CENTER] = SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER,
        [AV_CHAN_BACK_CENTER] = SF_CHANNEL_MAP_REAR_CENTER,
        [AV_CHAN_SIDE_LEFT] = SF_CHANNEL_MAP_SIDE_LEFT,
        [AV_CHAN_SIDE_RIGHT] = SF_CHANNEL_MAP_SIDE_RIGHT,
    };
    int map[DOWNMIX_CHANNELS];
    for (int c = 0; c < layout->nb_channels; c++) {
        enum AVChannel place = av_channel_layout_channel_from_index(layout, (unsigned)c);
        bool is_known = place >= 0 && place < (int)(sizeof places / sizeof *places);
        map[c] = is_known ? places[place] : SF_CHANNEL_MAP_MONO;
    }
    downmix_init(&mp4->mix, map, layout->nb_channels);
}

static void take_form(struct mp4_source *mp4)
{
    const AVFrame *frame = mp4->frame;
    mp4->base.rate = (uint32_t)frame->sample_rate;
    mp4->base.channels = (uint32_t)frame->ch_layout.nb_channels;
    mp4->step = frame->nb_samples;
    if (mp4->base.channels >= 1 && mp4->base.channels <= DOWNMIX_CHANNELS)
        set_mix(mp4, &frame->ch_layout);
}

/* The longest of the first packets says what all are like: the last of a file may be
 * shorter, and so are those of HE-AAC until SBR begins. */
static int learn_form(struct mp4_source *mp4, struct fv_error *error)
{
    int status = begin_decoder(mp4);
    for (int64_t n = 0; status >= 0 && n < TRIED && n < mp4->packets.count; n++) {
        status = decode_packet(mp4, n);
        if (status > 0 && mp4->frame->nb_samples > mp4->step)
            take_form(mp4);
    }
    if (status == -ENOMEM)
        return fail(error, status, "out of memory");
    if (mp4->step < 1 || mp4->step > FRAMES_MAX)
        return fail(error, -EINVAL,
                    "damaged, or locked to the shop's own players: get another file");
    size_t channels = mp4->base.channels, frames = (size_t)mp4->step;
    if (channels < 1 || channels > DOWNMIX_CHANNELS)
        return fail(error, -EINVAL, "%zu channels: mix the file down to stereo",
                    channels);
    mp4->mixed = calloc(frames * FV_CHANNELS, sizeof *mp4->mixed);
    mp4->wide = calloc(frames * channels, sizeof *mp4->wide);
    return mp4->mixed && mp4->wide ? 0 : fail(error, -ENOMEM, "out of memory");
}

/* What is music, in frames; never more than there are packets for. */
static int find_music(struct mp4_source *mp4, struct fv_error *error)
{
    const struct mp4_packets *packets = &mp4->packets;
    int64_t decoded = packets->count * mp4->step;
    double frames =
        packets->ticks_hz > 0 ? (double)mp4->base.rate / packets->ticks_hz : 1.0;
    mp4->skip = (int64_t)((double)packets->skip * frames + 0.5);
    int64_t length = decoded - mp4->skip;
    double wanted = (double)packets->length * frames + 0.5;
    if (wanted >= 1.0 && wanted < (double)length)
        length = (int64_t)wanted;
    if (length <= 0)
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    mp4->base.length = length;
    return 0;
}

static int open_mp4(struct mp4_source *mp4, struct fv_media *about,
                    struct fv_error *error)
{
    int status = mp4_packets_read(&mp4->span, &mp4->packets, about, error);
    if (status < 0)
        return status;
    enum AVCodecID codec = mp4->packets.codec->codec_id;
    if (codec != AV_CODEC_ID_AAC && codec != AV_CODEC_ID_ALAC)
        return fail(error, -EINVAL, "an MP4 with %s in it: convert it to AAC or FLAC",
                    avcodec_get_name(codec));
    mp4->packet = av_packet_alloc();
    mp4->frame = av_frame_alloc();
    mp4->bytes = calloc(1, (size_t)mp4->packets.largest + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!mp4->packet || !mp4->frame || !mp4->bytes)
        return fail(error, -ENOMEM, "out of memory");
    status = learn_form(mp4, error);
    mp4->next = -1;
    return status < 0 ? status : find_music(mp4, error);
}

/* Files of QuickTime may begin with their sound, or with where it lies. */
static bool has_magic(struct byte_span span)
{
    static const char *const magics[] = {"ftyp", "moov", "mdat"};
    char head[8];
    if (span_read(&span, head, sizeof head) != sizeof head)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (memcmp(head + 4, magics[i], 4) == 0)
            return true;
    return false;
}

int source_open_mp4(const struct byte_span *span, struct source **source,
                    struct fv_media *about, struct fv_error *error)
{
    if (!has_magic(*span))
        return -EINVAL;
    struct mp4_source *mp4 = calloc(1, sizeof *mp4);
    if (!mp4)
        return fail(error, -ENOMEM, "out of memory");
    mp4->base.kind = &mp4_kind;
    mp4->span = *span;
    int status = open_mp4(mp4, about, error);
    if (status < 0) {
        mp4_close(&mp4->base);
        return status;
    }
    *source = &mp4->base;
    return 0;
}
