/* params.c - JSON to curves and back. */
#include "params.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define POINTS_MAX 10000
#define GAIN_MAX 4.0 /* of a curve; a broken plan must not be heard */

static const char *const names[BANDS] = {"gain", "low", "mid", "high", "trim"};

int params_point(struct params *params, uint32_t part, enum band band, double at,
                 double value)
{
    struct curve *curve = &params->curves[part][band];
    struct curve_point *points =
        realloc(curve->points, (curve->count + 1) * sizeof *points);
    if (!points)
        return -ENOMEM;
    curve->points = points;
    points[curve->count++] = (struct curve_point){at, value};
    return 0;
}

void params_release(struct params *params)
{
    for (int part = 0; part < PARAMS_PARTS; part++)
        for (int band = 0; band < BANDS; band++)
            curve_release(&params->curves[part][band]);
}

static int read_curve(struct params *params, uint32_t part, enum band band,
                      const json_t *list)
{
    double last = -HUGE_VAL;
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && i < POINTS_MAX; i++) {
        const json_t *pair = json_array_get(list, i);
        double at = json_number_value(json_array_get(pair, 0));
        double value = json_number_value(json_array_get(pair, 1));
        if (!isfinite(at) || at <= last || !(value >= 0))
            continue;
        last = at;
        int rc = params_point(params, part, band, at, fmin(value, GAIN_MAX));
        if (rc)
            return rc;
    }
    return 0;
}

/* The fade that a kind has by itself, from end to end. */
static int default_fade(struct params *params, const struct fv_segment *segment)
{
    double end = (double)segment->length;
    bool is_cross = segment->kind == FV_CROSSFADE && segment->part_count == 2;
    int rc = 0;
    if (is_cross) {
        rc = params_point(params, 0, BAND_ALL, 0, 1);
        rc = rc ? rc : params_point(params, 0, BAND_ALL, end, 0);
    }
    if (rc == 0 && (is_cross || segment->kind == FV_FADEIN)) {
        uint32_t part = segment->part_count - 1;
        rc = params_point(params, part, BAND_ALL, 0, 0);
        rc = rc ? rc : params_point(params, part, BAND_ALL, end, 1);
    }
    return rc;
}

int params_read(struct params *params, const struct fv_segment *segment)
{
    json_t *root = json_loads(segment->params ? segment->params : "{}", 0, NULL);
    const json_t *fade = json_object_get(root, "fade");
    const json_t *parts = json_object_get(root, "parts");
    const json_t *echo = json_object_get(root, "echo");
    int rc = 0;
    *params = (struct params){.fade_from = HUGE_VAL, .fade_to = HUGE_VAL};
    if (json_array_size(fade) == 2) {
        params->fade_from = json_number_value(json_array_get(fade, 0));
        params->fade_to = json_number_value(json_array_get(fade, 1));
    }
    if (json_array_size(echo) == 2) {
        params->echo_at = json_number_value(json_array_get(echo, 0));
        params->echo_beat = json_number_value(json_array_get(echo, 1));
    }
    for (uint32_t part = 0; part < segment->part_count && part < PARAMS_PARTS; part++) {
        const json_t *curves = json_array_get(parts, part);
        for (int band = 0; rc == 0 && band < BANDS; band++)
            rc = read_curve(params, part, (enum band)band,
                            json_object_get(curves, names[band]));
    }
    if (rc == 0 && !json_is_array(parts))
        rc = default_fade(params, segment);
    json_decref(root);
    if (rc)
        params_release(params);
    return rc;
}

static json_t *curve_json(const struct curve *curve)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < curve->count; i++)
        json_array_append_new(
            list, json_pack("[f,f]", curve->points[i].at, curve->points[i].value));
    return list;
}

char *params_write(const struct params *params, const char *style)
{
    json_t *root = json_pack("{s:s}", "style", style);
    json_t *parts = json_array();
    bool has_curves = false;
    for (int part = 0; part < PARAMS_PARTS; part++) {
        json_t *curves = json_object();
        for (int band = 0; band < BANDS; band++) {
            const struct curve *curve = &params->curves[part][band];
            if (curve->count > 0)
                json_object_set_new(curves, names[band], curve_json(curve));
            has_curves |= curve->count > 0;
        }
        json_array_append_new(parts, curves);
    }
    if (has_curves)
        json_object_set(root, "parts", parts);
    json_decref(parts);
    if (params->fade_from < HUGE_VAL)
        json_object_set_new(root, "fade",
                            json_pack("[f,f]", params->fade_from, params->fade_to));
    if (params->echo_beat > 0)
        json_object_set_new(root, "echo",
                            json_pack("[f,f]", params->echo_at, params->echo_beat));
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(root);
    return text;
}
