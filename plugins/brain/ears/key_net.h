/* key_net.h - weights of the key, major and minor, written by tests/ears/keys.c
 * (make ears-net).
 */
#ifndef KEY_NET_H
#define KEY_NET_H

#include "key.h"

/* of each part: the tonic, and the eleven semitones above it */
static const float key_net[2][KEY_INPUTS] = {
    {1.467f,  -0.497f, -0.689f, -1.876f, 0.396f,  0.166f,  -2.020f, 3.817f,  -0.982f,
     1.426f,  -2.243f, 1.937f,  0.800f,  -0.307f, 0.478f,  -0.353f, 0.397f,  0.026f,
     0.459f,  -1.263f, 0.004f,  -1.108f, 0.218f,  -0.953f, 0.579f,  -1.014f, 0.554f,
     -0.371f, 0.030f,  0.104f,  -0.189f, 0.108f,  -0.523f, -0.126f, -0.008f, -0.771f},
    {0.641f,  -2.827f, 0.322f,  1.149f,  -1.742f, -0.984f, -1.348f, 0.363f,  1.529f,
     -1.898f, 1.289f,  -0.406f, 0.936f,  0.389f,  -0.322f, -0.342f, 0.753f,  0.168f,
     -0.119f, 1.085f,  -1.230f, 0.187f,  0.226f,  -0.487f, 1.609f,  -0.508f, 0.554f,
     0.623f,  -0.048f, -0.185f, -0.527f, 0.861f,  -0.382f, -0.855f, -0.414f, -0.412f}};

static const float key_net_bias[2] = {0.154f, -0.154f};

#endif
