/* frame_log.h - MP3 frames by number, in one ring of bytes: what was just sent and what
 * is still to be sent.
 *
 * Frames are numbered from 0 for ever. Bytes have an absolute position too, so that any
 * run of frames is at most two pieces of memory. Allocates in init only.
 */
#ifndef FRAME_LOG_H
#define FRAME_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct frame_log {
    uint8_t *ring;
    size_t ring_size;
    uint64_t *starts; /* of frame n at [n % starts_size]: its absolute byte */
    size_t starts_size;
    uint64_t oldest, next; /* frames held: oldest <= n < next */
    uint64_t end;          /* absolute byte behind the last frame */
};

/* Room for `frames` frames of at most `frame_bytes` each. returns 0 or -ENOMEM */
int frame_log_init(struct frame_log *log, size_t frames, size_t frame_bytes);
void frame_log_release(struct frame_log *log);

/* Append frame number log->next; the oldest go when there is no room. */
void frame_log_push(struct frame_log *log, const uint8_t *frame, size_t length);

/* Forget frame `from` and all behind it; from >= oldest. */
void frame_log_truncate(struct frame_log *log, uint64_t from);

/* Absolute byte at which frame n begins; oldest <= n <= next. */
uint64_t frame_log_byte(const struct frame_log *log, uint64_t n);

/* The bytes from `from` to `to` (absolute, held). returns pieces filled, 0 to 2 */
int frame_log_pieces(const struct frame_log *log, uint64_t from, uint64_t to,
                     struct iovec pieces[2]);

#endif
