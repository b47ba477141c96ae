/* address.h - which addresses are anybody's, and which are inside somebody's network.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Loopback, link-local, private, shared, multicast, reserved, also inside IPv6. */
bool address_is_private(const struct sockaddr *address);

#endif
