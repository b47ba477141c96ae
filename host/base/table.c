/* table.c - a table is told by the name of the list that the answer has. */
#include "table.h"

#include "utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum form { TEXT, TENTHS, HUNDREDTHS, COUNT, CLOCK, MARK };

struct column {
    const char *title;
    const char *path; /* names and indexes; -1: the last */
    enum form form;
    int width; /* characters; 0: as long as it is, and the last */
};

#define COLUMNS 8

static const struct table {
    const char *list;
    struct column columns[COLUMNS];
} tables[] = {
    {"queue",
     {{"at", "start", CLOCK, 8},
      {"length", "duration", CLOCK, 7},
      {"bpm", "bpm", TENTHS, 6},
      {"key", "camelot", TEXT, 4},
      {"settled", "settled", MARK, 7},
      {"track", "artist", TEXT, 20},
      {"", "title", TEXT, 24},
      {"why", "why", TEXT, 0}}},
    {"set_aside", {{"set aside", "uri", TEXT, 50}, {"why", "why", TEXT, 0}}},
    {"segments",
     {{"from", "start", CLOCK, 8},
      {"to", "end", CLOCK, 8},
      {"style", "style", TEXT, 10},
      {"bpm", "tracks/-1/bpm", TENTHS, 6},
      {"key", "tracks/-1/camelot", TEXT, 4},
      {"track", "tracks/-1/artist", TEXT, 20},
      {"", "tracks/-1/title", TEXT, 24},
      {"why", "why", TEXT, 0}}},
    {"order",
     {{"bpm", "bpm", TENTHS, 6},
      {"key", "camelot", TEXT, 4},
      {"energy", "energy", HUNDREDTHS, 6},
      {"away", "distance", HUNDREDTHS, 6},
      {"track", "artist", TEXT, 20},
      {"", "title", TEXT, 0}}},
    {"listeners",
     {{"id", "id", COUNT, 6},
      {"peer", "peer", TEXT, 22},
      {"mount", "mount", TEXT, 12},
      {"time", "seconds", CLOCK, 8},
      {"bytes", "bytes", COUNT, 12},
      {"jumps", "jumps", COUNT, 5},
      {"player", "agent", TEXT, 0}}},
    {"plugins",
     {{"plugin", "plugin", TEXT, 6},
      {"build", "current/version", TEXT, 8},
      {"number", "current/generation", COUNT, 6},
      {"before", "previous/version", TEXT, 8},
      {"trying", "on_probation", MARK, 6},
      {"name", "current/name", TEXT, 34},
      {"refused", "refused", TEXT, 0}}},
};

/* NULL: it is not there. */
static const json_t *look_up(const json_t *row, const char *path)
{
    while (row && *path) {
        char name[32];
        size_t length = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        long at = atol(name);
        row = json_is_array(row)
                  ? json_array_get(row, at < 0 ? json_array_size(row) - (size_t)-at
                                               : (size_t)at)
                  : json_object_get(row, name);
        path += length + (path[length] == '/');
    }
    return row;
}

static void write_clock(double seconds, char *out, size_t cap)
{
    long all = lround(fmin(fmax(seconds, 0), 1e9));
    if (all < 3600)
        snprintf(out, cap, "%ld:%02ld", all / 60, all % 60);
    else
        snprintf(out, cap, "%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60);
}

static void write_cell(const struct column *column, const json_t *value, char *out,
                       size_t cap)
{
    const char *text = json_string_value(value);
    double number = json_number_value(value);
    *out = 0;
    if (column->form == TEXT && text)
        utf8_clean(text, out, cap);
    else if (column->form == MARK)
        snprintf(out, cap, "%s", json_is_true(value) ? "yes" : "");
    else if (!json_is_number(value))
        return;
    else if (column->form == CLOCK)
        write_clock(number, out, cap);
    else
        snprintf(out, cap, "%.*f",
                 column->form == TENTHS       ? 1
                 : column->form == HUNDREDTHS ? 2
                                              : 0,
                 number);
}

/* The places on a terminal that the first character of `text` takes: a Chinese one two,
 * an accent that stands behind its letter none. Its bytes in *length. */
static int places_of(const char *text, size_t *length)
{
    wchar_t character;
    size_t taken = mbrtowc(&character, text, strlen(text), &(mbstate_t){0});
    bool is_known = taken > 0 && taken < (size_t)-2;
    int places = is_known ? wcwidth(character) : 1;
    *length = is_known ? taken : 1;
    return places < 0 ? 1 : places;
}

/* Places, not bytes, are counted and cut; a text that is cut ends in a dot. */
static void print_cell(const struct column *column, const char *text, FILE *out)
{
    int count = 0, width = column->width, printed = 0;
    size_t length;
    for (const char *at = text; *at; at += length)
        count += places_of(at, &length);
    bool is_cut = width > 0 && count > width, is_left = column->form == TEXT;
    if (!is_left)
        fprintf(out, "%*s", count < width ? width - count : 0, "");
    for (; *text; text += length) {
        int places = places_of(text, &length);
        if (is_cut && printed + places > width - 1)
            break;
        printed += places;
        fwrite(text, 1, length, out);
    }
    if (is_cut)
        fprintf(out, ".%*s", width - 1 - printed, "");
    else if (is_left)
        fprintf(out, "%*s", count < width ? width - count : 0, "");
}

static void print_row(const struct table *table, const json_t *row, FILE *out)
{
    char cell[4096];
    for (int i = 0; i < COLUMNS && table->columns[i].title; i++) {
        const struct column *column = &table->columns[i];
        if (row)
            write_cell(column, look_up(row, column->path), cell, sizeof cell);
        else
            snprintf(cell, sizeof cell, "%s", column->title);
        fputs(i ? "  " : "", out);
        print_cell(column, cell, out);
    }
    fputc('\n', out);
}

static void print_table(const struct table *table, json_t *list, FILE *out)
{
    const char *name;
    json_t *row;
    size_t i;
    print_row(table, NULL, out);
    json_array_foreach(list, i, row) print_row(table, row, out);
    json_object_foreach(list, name, row) print_row(table, row, out);
}

bool table_print(const json_t *answer, FILE *out)
{
    bool is_known = false;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        json_t *list = json_object_get(answer, tables[i].list);
        bool is_list = json_is_array(list);
        if (!is_list && !json_is_object(look_up(list, "mixer/current")))
            continue; /* the plugins of a status are no slots */
        if (is_known && json_array_size(list) == 0)
            continue;
        fputs(is_known ? "\n" : "", out);
        print_table(&tables[i], list, out);
        is_known = true;
    }
    return is_known;
}
