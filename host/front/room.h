/* room.h - how many connections there may be, by the files that may be open. */
#ifndef ROOM_H
#define ROOM_H

#include <stddef.h>

/* Room for all listeners, and for the page of each, where so much is allowed; whoever
 * else connects leaves some files for engine and admin. Says so when it is too little.
 * returns  connections */
size_t room_make(size_t listeners);

#endif
