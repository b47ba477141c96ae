/* tag.h - text out of audio files: never trusted, always clean. */
#ifndef CODEC_TAG_H
#define CODEC_TAG_H

#include <stddef.h>

#include <forever/codec.h>

/* Copy `bytes` of text to a tag as clean UTF-8.
 *
 * What is not valid UTF-8 is taken for Latin-1. Control characters become spaces, runs
 * of spaces one, and none is left at either end. Too long a text is cut between
 * characters. An empty result leaves the tag as it was.
 */
void tag_set(char tag[FV_TAG], const char *text, size_t bytes);

/* The same for a genre, which may be the number of one of ID3v1's: "17" or "(17)". */
void tag_set_genre(char tag[FV_TAG], const char *text, size_t bytes);

#endif
