/* finding.c - one table of fields serves copying, storing and loading. */
#include "finding.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ANALYSIS(member) (((struct fv_analysis *)0)->member)
#define SCALAR(member)                                                                   \
    {                                                                                    \
#member, offsetof(struct fv_analysis, member), sizeof ANALYSIS(member), 0        \
    }
#define ARRAY_OF(member, count, size)                                                    \
    {                                                                                    \
#member, offsetof(struct fv_analysis, member), size,                             \
            offsetof(struct fv_analysis, count)                                          \
    }
#define ARRAY(member, count) ARRAY_OF(member, count, sizeof *ANALYSIS(member))

static const struct field {
    const char *name;
    size_t offset, size;
    size_t count_offset; /* 0 = a scalar */
} fields[] = {
    SCALAR(duration),
    SCALAR(bpm),
    SCALAR(tempo_confidence),
    SCALAR(beat_confidence),
    SCALAR(bar_confidence),
    SCALAR(phrase_confidence),
    SCALAR(beats_per_bar),
    ARRAY(beats, beat_count),
    ARRAY(downbeats, downbeat_count),
    ARRAY(phrases, phrase_count),
    ARRAY(sections, section_count),
    ARRAY(mix_in, mix_in_count),
    ARRAY(mix_out, mix_out_count),
    SCALAR(key),
    SCALAR(key_confidence),
    SCALAR(tuning_cents),
    SCALAR(loudness_lufs),
    SCALAR(loudness_range_lu),
    SCALAR(true_peak_dbtp),
    SCALAR(energy),
    SCALAR(danceability),
    SCALAR(silence_head),
    SCALAR(silence_tail),
    ARRAY(features, feature_count),
    ARRAY_OF(wave, wave_count, FV_WAVE_BANDS),
    SCALAR(wave_step),
    ARRAY(fingerprint, fingerprint_count),
    ARRAY(power, power_count),
    ARRAY(unsure, unsure_count),
};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static uint32_t count_of(const struct fv_analysis *analysis, const struct field *field)
{
    uint32_t count = 1;
    if (field->count_offset)
        memcpy(&count, (const char *)analysis + field->count_offset, sizeof count);
    return count;
}

static const void *memory_of(const struct fv_analysis *analysis,
                             const struct field *field)
{
    const char *place = (const char *)analysis + field->offset;
    const void *memory;
    if (!field->count_offset)
        return place;
    memcpy(&memory, place, sizeof memory);
    return memory;
}

static size_t rounded(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* What a plugin may have been too old to fill in reads as 0. */
static struct fv_analysis whole(const struct fv_analysis *from)
{
    struct fv_analysis all = {0};
    size_t size = from->struct_size < sizeof all ? from->struct_size : sizeof all;
    memcpy(&all, from, size);
    all.struct_size = sizeof all;
    return all;
}

static bool are_times(const double *times, uint32_t count, double duration)
{
    for (uint32_t i = 0; i < count; i++)
        if (!(times[i] >= -1.0 && times[i] <= duration + 1.0) ||
            (i > 0 && times[i] < times[i - 1]))
            return false;
    return true;
}

static bool are_cues(const struct fv_cue *cues, uint32_t count, double duration)
{
    for (uint32_t i = 0; i < count; i++)
        if (!are_times(&cues[i].time, 1, duration) || !isfinite(cues[i].score))
            return false;
    return true;
}

static bool are_sections(const struct fv_section *sections, uint32_t count,
                         double duration)
{
    for (uint32_t i = 0; i < count; i++) {
        const double times[] = {sections[i].start, sections[i].end};
        if (!are_times(times, 2, duration) || !isfinite(sections[i].energy) ||
            !memchr(sections[i].label, 0, sizeof sections[i].label))
            return false;
    }
    return true;
}

static bool are_spans(const struct fv_span *spans, uint32_t count, double duration)
{
    for (uint32_t i = 0; i < count; i++) {
        const double times[] = {i > 0 ? spans[i - 1].end : 0, spans[i].start,
                                spans[i].end};
        if (!are_times(times, 3, duration))
            return false;
    }
    return true;
}

static bool are_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static bool are_powers(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]) || values[i] < 0)
            return false;
    return true;
}

static bool is_sane(const struct fv_analysis *a)
{
    const double numbers[] = {a->duration,         a->bpm,
                              a->loudness_lufs,    a->loudness_range_lu,
                              a->true_peak_dbtp,   a->silence_head,
                              a->silence_tail,     a->wave_step,
                              a->tempo_confidence, a->beat_confidence,
                              a->bar_confidence,   a->phrase_confidence,
                              a->key_confidence,   a->tuning_cents,
                              a->energy,           a->danceability};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!isfinite(numbers[i]))
            return false;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].count_offset && count_of(a, &fields[i]) &&
            !memory_of(a, &fields[i]))
            return false;
    return a->key >= -1 && a->key < 24 && a->bpm >= 0 &&
           are_times(a->beats, a->beat_count, a->duration) &&
           are_times(a->downbeats, a->downbeat_count, a->duration) &&
           are_times(a->phrases, a->phrase_count, a->duration) &&
           are_cues(a->mix_in, a->mix_in_count, a->duration) &&
           are_cues(a->mix_out, a->mix_out_count, a->duration) &&
           are_sections(a->sections, a->section_count, a->duration) &&
           are_powers(a->power, a->power_count) &&
           are_spans(a->unsure, a->unsure_count, a->duration) &&
           are_finite((const float *)a->features,
                      a->feature_count * sizeof *a->features / sizeof(float));
}

/* Lay `from` and all its arrays out in one new piece of memory. */
static struct fv_analysis *pack(const struct fv_analysis *from)
{
    size_t size = rounded(sizeof *from);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].count_offset)
            size += rounded(count_of(from, &fields[i]) * fields[i].size);
    char *memory = must_alloc(size);
    memcpy(memory, from, sizeof *from);
    size_t used = rounded(sizeof *from);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        size_t length = count_of(from, &fields[i]) * fields[i].size;
        if (!fields[i].count_offset)
            continue;
        const void *place = length ? memory + used : NULL;
        if (length)
            memcpy(memory + used, memory_of(from, &fields[i]), length);
        memcpy(memory + fields[i].offset, &place, sizeof place);
        used += rounded(length);
    }
    return (struct fv_analysis *)(void *)memory;
}

struct fv_analysis *finding_copy(const struct fv_analysis *from)
{
    struct fv_analysis all = whole(from);
    return is_sane(&all) ? pack(&all) : NULL;
}

struct field_head {
    char name[32];
    uint32_t size, count;
};

void finding_store(const struct fv_analysis *finding, struct bytes *to)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct field_head head = {.size = (uint32_t)fields[i].size,
                                  .count = count_of(finding, &fields[i])};
        memcpy(head.name, fields[i].name, strlen(fields[i].name));
        bytes_append(to, &head, sizeof head);
        bytes_append(to, memory_of(finding, &fields[i]), fields[i].size * head.count);
    }
}

static const struct field *field_named(const char name[32])
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (strncmp(fields[i].name, name, 32) == 0)
            return &fields[i];
    return NULL;
}

static int take_field(struct fv_analysis *all, const struct field_head *head,
                      const uint8_t *memory)
{
    const struct field *field = field_named(head->name);
    if (!field)
        return 0;
    if (field->size != head->size || (!field->count_offset && head->count != 1))
        return -1;
    char *place = (char *)all + field->offset;
    if (!field->count_offset) {
        memcpy(place, memory, field->size);
        return 0;
    }
    memcpy(place, &memory, sizeof memory);
    memcpy((char *)all + field->count_offset, &head->count, sizeof head->count);
    return 0;
}

struct fv_analysis *finding_load(const uint8_t *at, size_t length)
{
    struct fv_analysis all = {.struct_size = sizeof all, .key = -1};
    struct fv_analysis *copy = NULL;
    uint8_t *aligned[FIELD_COUNT * 2];
    size_t aligned_count = 0;
    bool is_whole = true;
    while (is_whole && length > 0 && aligned_count < FIELD_COUNT * 2) {
        struct field_head head;
        is_whole = length >= sizeof head;
        if (!is_whole)
            break;
        memcpy(&head, at, sizeof head);
        size_t size = (size_t)head.size * head.count;
        is_whole = length - sizeof head >= size && head.size <= 4096;
        if (!is_whole)
            break;
        uint8_t *memory = must_alloc(size); /* the blob itself is not aligned */
        memcpy(memory, at + sizeof head, size);
        aligned[aligned_count++] = memory;
        is_whole = take_field(&all, &head, memory) == 0;
        at += sizeof head + size;
        length -= sizeof head + size;
    }
    if (is_whole && length == 0)
        copy = finding_copy(&all);
    while (aligned_count > 0)
        free(aligned[--aligned_count]);
    return copy;
}

const char *finding_key_name(int32_t key)
{
    static const char *const names[24] = {
        "C major",  "Db major", "D major",  "Eb major", "E major",  "F major",
        "F# major", "G major",  "Ab major", "A major",  "Bb major", "B major",
        "C minor",  "C# minor", "D minor",  "Eb minor", "E minor",  "F minor",
        "F# minor", "G minor",  "G# minor", "A minor",  "Bb minor", "B minor"};
    return key < 0 || key > 23 ? "" : names[key];
}

const char *finding_camelot(int32_t key)
{
    static const char *const codes[24] = {
        "8B", "3B",  "10B", "5B", "12B", "7B", "2B",  "9B", "4B", "11B", "6B", "1B",
        "5A", "12A", "7A",  "2A", "9A",  "4A", "11A", "6A", "1A", "8A",  "3A", "10A"};
    return key < 0 || key > 23 ? "" : codes[key];
}
