/* log.h - one line per event on stderr: time, level, part, text.
 *
 * Threads: any. What comes from outside (tags, paths) may be put in as it is: control
 * characters and broken UTF-8 are replaced before they reach the terminal.
 */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below `level` are dropped. Starts as LOG_INFO. */
void log_set_level(enum log_level level);

/* "debug", "info", "warning", "error" to a level. returns 0 or -EINVAL */
int log_level_parse(const char *name, enum log_level *level);

/* `part` is the room the line comes from: "front", "engine", "mixer". A line that standard
 * error does not take at once is dropped. */
void log_line(enum log_level level, const char *part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(part, ...) log_line(LOG_DEBUG, part, __VA_ARGS__)
#define log_info(part, ...) log_line(LOG_INFO, part, __VA_ARGS__)
#define log_warning(part, ...) log_line(LOG_WARNING, part, __VA_ARGS__)
#define log_error(part, ...) log_line(LOG_ERROR, part, __VA_ARGS__)

#endif
