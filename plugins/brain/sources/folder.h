/* folder.h - search a folder; links are followed, parts that can't be read are logged. */
#ifndef FOLDER_H
#define FOLDER_H

#include "listing.h"

bool folder_has_audio_name(const char *path);

/* Add its audio files. returns 0, -ECANCELED or -errno */
int folder_read(struct listing *listing, const char *folder);

#endif
