/* styles.c - what each style plays. A dozen words of theory per line, no more. */
#include "styles.h"

#include <stdbool.h>

#define FOUR "X...X...X...X..."
#define NONE "................"
#define BACK "....X.......X..."
#define OFF8 "..x...x...x...x."
#define EIGHTH "x.o.x.o.x.o.x.o."
#define SIXTEENTH "xoxoxoxoxoxoxoxo"

const struct style styles[] = {
    {"house", 118, 130, 4, .5, .54, 0, 0, KIT_MACHINE, FOUR "|" FOUR "|X...X...X..xX...",
     BACK "|" BACK "|....X..o....X.o.", SIXTEENTH "|" NONE, "..X...X...X...X.",
     "x..x..x...x..x..|" NONE, "sor8", "sskp", "mv-", .25},
    {"techno", 124, 145, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR, NONE "|" BACK "|" BACK,
     SIXTEENTH "|" NONE, OFF8 "|" OFF8 "|" NONE,
     "..x..x....x..x..|x..x..x..x..x...|" NONE, "6o6s", "sp", "r-", .2},
    {"trance", 128, 145, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR, BACK, SIXTEENTH "|" NONE,
     "..X...X...X...X.", NONE, "oo6", "pa", "mr", .35},
    {"psytrance", 138, 150, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR, BACK "|" NONE, SIXTEENTH,
     OFF8 "|" NONE, NONE "|x.....x...x.....", "66", "ap", "r", .2},
    {"hard", 150, 180, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR, NONE "|" BACK, NONE, OFF8,
     NONE, "or", "sp", "mr", .25},
    {"drum and bass", 165, 180, 4, .5, .5, 0, 0, KIT_MACHINE,
     "X.........x.....|X.........X.....X..x......X.....|X..x......x.....",
     BACK "|....X..o.o..X..o|....X..o....X...", EIGHTH "|" SIXTEENTH "|x.xox.xxx.xox.x.",
     NONE, NONE "|..o..o....o..o..", "lsl", "pps", "vm-", .3},
    {"jungle", 150, 175, 4, .5, .52, 0, 0, KIT_MACHINE,
     "X.X.......xx....|X.x.......x.....X.x.......x..x..",
     "....X..o.o..X..o|....X..X.o..X..X", "x.x.x.x.x.x.x.x.|" SIXTEENTH, NONE, NONE, "ls",
     "sp", "v-", .2},
    {"breakbeat", 110, 140, 4, .5, .53, 0, 0, KIT_MACHINE,
     "X..x..x...x.....|X.....x..xx.....|X..x......x..x..", BACK "|....X..o....X..o",
     EIGHTH "|" SIXTEENTH, NONE "|......x.......x.", NONE, "sr8", "sd", "rv-", .2},
    {"dubstep", 136, 144, 4, .5, .5, 0, 0, KIT_DEEP,
     "X..............|X.....x.........|X....x......x...", "........X.......",
     "x...x...x...x...|x..x..x.x..x..x.|" NONE, NONE, NONE, "ls", "ps", "r-", .3},
    {"trap", 130, 150, 4, .5, .5, 0, 0, KIT_DEEP,
     "X......x....x...|X.....X...x....x|X..X......x.....", "........X.......",
     "x.x.x.x.x.x.x.x.|x.x.xxx.x.x.xoxo", NONE, NONE, "rl", "pa", "v-", .25},
    {"hip hop", 80, 104, 4, .5, .59, 3, 0, KIT_LIVE,
     "X......x..X.....|X.x.......xx....|X..x..x...x.....", BACK,
     EIGHTH "|x.x.x.xxx.x.x.x.", NONE "|..............x.", NONE, "rsl", "sp", "v-", .15},
    {"lo-fi", 68, 92, 4, .5, .6, 6, 0, KIT_LIVE, "X......xx.......|X.....x...x.....",
     BACK, EIGHTH, NONE, NONE, "rl", "ps", "m-", .2},
    {"rock", 90, 160, 4, .5, .5, 5, .01, KIT_LIVE,
     "X.......X.......|X.......X.x.....|X.....x.x.......|X..x..x.X.......", BACK,
     "x.x.x.x.x.x.x.x.|" EIGHTH, NONE "|x...x...x...x...", NONE, "8r8", "dmd", "vm", .1},
    {"punk", 150, 180, 4, .5, .5, 5, .015, KIT_LIVE,
     "X.....X.X.......|X...X...X...X...|X...X.x.X...X.x.", BACK "|..X...X...X...X.",
     "x.x.x.x.x.x.x.x.|x...x...x...x...", NONE, NONE, "88", "d", "v", .05},
    {"metal", 100, 180, 4, .5, .5, 3, .005, KIT_LIVE,
     "X.xxX.xxX.xxX.xx|X.X.X.X.X.X.X.X.|X..X..X...X..X..", BACK "|........X.......",
     "x...x...x...x...|x.x.x.x.x.x.x.x.", NONE, NONE, "r86", "d", "rv", .05},
    {"ballad", 60, 84, 4, .5, .5, 6, .02, KIT_LIVE, "X.......X.......|X.....x.X.......",
     BACK, "x.x.x.x.x.x.x.x.|x.o.x.o.x.o.x.o.", NONE, NONE, "lq", "apq", "v", .3},
    {"funk", 92, 120, 4, .5, .53, 4, .005, KIT_LIVE,
     "X.x.....o.x..x..|X..x..x...x.....|X.X....x..X.....",
     "....X..o.o..X..o|....X.......X..o", SIXTEENTH "|x.xxx.xxx.xxx.xx",
     NONE "|......x.........", NONE, "ss", "ss", "vr", .1},
    {"disco", 108, 130, 4, .5, .5, 2, .002, KIT_LIVE, FOUR, BACK,
     SIXTEENTH "|x.x.x.x.x.x.x.x.", "..X...X...X...X.", NONE, "OO8", "sk", "vm", .1},
    {"reggae", 66, 92, 4, .5, .6, 5, .01, KIT_LIVE,
     "........X.......|X.......X.......|X...X...X...X...",
     "........x.......|........X..o....", EIGHTH "|x.o.x.x.x.o.x.x.", NONE, NONE, "ssl",
     "kk", "v", .1},
    {"waltz", 84, 180, 3, .5, .5, 4, .01, KIT_LIVE, "X...........",
     "....x...x...|............", "x...x...x...|............", "............",
     "............", "qr", "qn", "mv", .2},
    {"three", 90, 150, 3, .5, .5, 0, 0, KIT_MACHINE, "X...........|X.....x.....",
     "........X...|....X...X...", "x.x.x.x.x.x.|xoxoxoxoxoxo", "............",
     "............", "r8", "psa", "mr", .2},
    {"chip", 120, 180, 4, .5, .5, 0, 0, KIT_CHIP,
     "X.......X.......|X...X...X...X...|X.....x.X.......", BACK,
     EIGHTH "|x.x.x.x.x.x.x.x.|" NONE, NONE, NONE, "8O6", "aa", "mr", .3},
    {"tracker", 110, 150, 4, .5, .5, 0, 0, KIT_MACHINE,
     FOUR "|X.......X.......|X..x..x.X.......|X.....x...x.....",
     BACK "|" BACK "|....X..o....X.o.", OFF8 "|x.x.x.x.x.x.x.x.|" SIXTEENTH,
     NONE "|" OFF8, NONE "|x..x..x.x..x..x.", "8Osr6", "aspd", "mr", .25},
    {"electro", 110, 136, 4, .5, .5, 0, 0, KIT_DEEP,
     "X..x......x.....|X.....X...X.....|X..X..X...X..X..", BACK,
     SIXTEENTH "|x.x.x.x.x.x.x.x.", NONE "|..x.......x.....", "x..x..x...x..x..|" NONE,
     "s6", "sp", "r-", .2},
    {"synthwave", 80, 120, 4, .5, .5, 0, 0, KIT_MACHINE, "X.......X.......|" FOUR, BACK,
     EIGHTH "|" SIXTEENTH, NONE, NONE, "86O", "pa", "m", .2},
    {"garage", 128, 138, 4, .5, .57, 0, 0, KIT_MACHINE,
     "X.........x.....|X..x......x.....|X......x..x.....", BACK,
     "..x.o.x...x.o.xo|" SIXTEENTH, NONE "|" OFF8, NONE, "sl", "sk", "v", .2},
    {"reggaeton", 86, 105, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR, "...x..x....x..x.",
     EIGHTH "|" SIXTEENTH, NONE, NONE, "rq", "sp", "v", .15},
    {"samba", 92, 126, 4, .5, .52, 4, .005, KIT_LIVE, "X..xX..xX..xX..x|x..xX..xx..xX..x",
     "x..x..x...x..x..|x..x.x.xx.x.x.x.", SIXTEENTH, NONE, "x.xx.x.xx.xx.x.x|" NONE, "qs",
     "sm", "v", .1},
    {"orchestral", 76, 168, 4, .5, .5, 5, .01, KIT_LIVE,
     "X...............|X.......x.......|" NONE, NONE "|........o.......", NONE, NONE,
     NONE, "q8l", "qpam", "m", .4},
    {"swing", 110, 180, 4, .66, .5, 6, .01, KIT_LIVE,
     "o...o...o...o...|X...............|" NONE, NONE "|....o.....o.....",
     "x...x.x.x...x.x.", NONE, NONE, "w", "ss", "mv", .1},
    {"shuffle", 74, 140, 4, .66, .5, 4, .01, KIT_LIVE,
     "X.......X.......|X.....x.X.......", BACK, "x.x.x.x.x.x.x.x.", NONE, NONE, "8w",
     "md", "v", .1},
    {"pop", 92, 130, 4, .5, .5, 0, 0, KIT_MACHINE,
     "X.......X.......|" FOUR "|X.....x.x.......|X..x....X.x.....", BACK,
     EIGHTH "|" SIXTEENTH, NONE "|" OFF8, NONE, "r8l", "psaq", "v", .2},
    {"folk", 70, 150, 4, .5, .5, 6, .02, KIT_LIVE, NONE,
     NONE "|" NONE "|....x.......x...", NONE, NONE, NONE, "ql", "mmq", "v", .2},
    {"industrial", 104, 136, 4, .5, .5, 0, 0, KIT_MACHINE, FOUR "|X.......X.......", BACK,
     SIXTEENTH "|" NONE, OFF8 "|" NONE, "..xx..xx..xx..xx|x..x..x..x..x...|" NONE, "68s",
     "dp", "rv", .1},
    {"polka", 100, 136, 4, .5, .5, 4, .005, KIT_LIVE, "X.......X.......|X...X...X...X...",
     "..x...x...x...x.|....x.......x...", NONE "|..x...x...x...x.", NONE, NONE, "q", "kn",
     "m", .1},
    {"downtempo", 70, 110, 4, .5, .55, 0, 0, KIT_DEEP,
     "X.........x.....|X......x..x.....", BACK "|........X.......",
     EIGHTH "|x.x.x.xxx.x.x.x.", NONE, "..o..o....o..o..|" NONE, "ls", "pa", "m-", .35},
    {"march", 96, 132, 4, .5, .5, 4, .005, KIT_LIVE, "X.......X.......|X...X...X...X...",
     "x.xxx.xxx.xxx.xx|..x...x...x...x.|x...x.x.x...x.xx", NONE "|x...x...x...x...", NONE,
     NONE, "qQQ", "knq", "m", .15},
    {"ragtime", 84, 180, 4, .5, .55, 5, .005, KIT_LIVE, NONE "|X.......X.......",
     NONE "|....x.......x...|..x...x...x...x.", NONE, NONE, NONE, "qQ", "kn", "mrs", .6},
    {"tango", 104, 136, 4, .5, .5, 4, .01, KIT_LIVE,
     "X.....X.X.......|X..x..x.X.......|" NONE, NONE "|..............xx", NONE, NONE,
     NONE "|x.....x.x...x...", "qs", "qs", "mv", .3},
    {"bossa", 100, 160, 4, .5, .5, 4, .005, KIT_LIVE, "X.....x.X.....x.|X.....xxX.....xx",
     "x.....x.....x...|x..x..x...x..x..|" NONE, "x.x.x.x.x.x.x.x.|" NONE, NONE, NONE,
     "qr", "sm", "mv", .2},
    {"country", 90, 180, 4, .5, .54, 4, .01, KIT_LIVE,
     "X.......X.......|X...X...X...X...", "..x...x...x...x.|x.xxX.xxx.xxX.xx|" BACK,
     NONE "|x.x.x.x.x.x.x.x.", NONE, NONE, "qQ", "kmn", "vm", .1},
    /* steps 0, 1, 2 of a beat are its triplets here, and step 3 does not sound */
    {"twelve eight", 62, 84, 4, .667, .5, 4, .005, KIT_LIVE,
     "X.......X.......|X.....x.X.......", BACK, "xxx.xxx.xxx.xxx.|x.o.x.o.x.o.x.o.", NONE,
     NONE, "qtl", "ttp", "vm", .15},
    {"jig", 96, 144, 4, .667, .5, 4, .005, KIT_LIVE,
     "X.......X.......|X...X...X...X...|" NONE, NONE "|..x...x...x...x.|....X.......X...",
     NONE "|xox.xox.xox.xox.", NONE, NONE "|x.x.x.x.x.x.x.x.", "q8t", "tkn", "tm", .2},
    {"schaffel", 104, 140, 4, .667, .5, 0, 0, KIT_MACHINE, FOUR, BACK "|" NONE,
     EIGHTH "|xxx.xxx.xxx.xxx.", "..X...X...X...X.|" NONE, NONE, "8to", "stp", "mt-", .2},
    {"boogie", 120, 180, 4, .667, .5, 5, .01, KIT_LIVE, "X.......X.......|" NONE,
     BACK "|" NONE, "x...x.x.x...x.x.|" EIGHTH, NONE, NONE, "8w", "kns", "mt", .2},
    {"gallop", 110, 170, 4, .667, .5, 3, .005, KIT_LIVE,
     "X...X...X...X...|X.x.X.x.X.x.X.x.", BACK "|........X.......",
     EIGHTH "|x...x...x...x...|" NONE, NONE, NONE, "8t", "dtq", "mv", .15},
    /* no beat at all: nothing here may be taken for one */
    {"ambient", 60, 90, 0, .5, .5, 600, .05, KIT_LIVE, NONE, NONE, NONE, NONE, NONE, "l",
     "pp", "m-", 1},
};

const int style_count = sizeof styles / sizeof *styles;

/* Whether two styles divide their beats alike. */
static bool is_kin(const struct style *a, const struct style *b)
{
    return a->beats == b->beats && (a->swing8 > 0.6) == (b->swing8 > 0.6);
}

struct style style_blend(int index, struct dice *dice)
{
    struct style out = styles[index];
    const struct style *guest[4];
    for (int g = 0; g < 4; g++) {
        guest[g] = &styles[dice_below(dice, style_count)];
        if (!is_kin(guest[g], &out) || dice_roll(dice) < 0.3)
            guest[g] = &styles[index];
    }
    out.hat = guest[0]->hat;
    out.open = guest[0]->open;
    out.perc = guest[0]->perc;
    out.bass = guest[1]->bass;
    out.chord = guest[2]->chord;
    out.lead = guest[2]->lead;
    out.kit = guest[3]->kit;
    out.drums_break = guest[3]->drums_break;
    return out;
}
