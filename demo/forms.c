/* forms.c - see forms.h. Rows of one label that follow each other are one section. */
#include "forms.h"

/* 16 bars of drums to mix in by, 16 to mix out. */
const struct section form_club[] = {
    {"intro", 8, "KH", 0.5f, 0.8f},          {"intro", 8, "KSHPr", 0.6f, 1.0f},
    {"verse", 8, "KSHOBPc", 0.5f, 0.8f},     {"verse", 8, "KSHOBCP", 0.6f, 1.0f},
    {"build", 8, "KHCDAr", 0.5f, 1.8f},      {"drop", 16, "KSHOPBCALc", 1.0f, 1.3f},
    {"break", 8, "DLA", 0.6f, 0.9f},         {"break", 8, "DCAHr", 0.5f, 2.0f},
    {"drop", 16, "KSHOPBCALDc", 1.1f, 1.5f}, {"outro", 8, "KSHOPBc", 0.9f, 0.5f},
    {"outro", 8, "KSHP", 0.8f, 0.5f},        {0},
};

/* Slower to unfold, no fireworks. */
const struct section form_deep[] = {
    {"intro", 8, "KH", 0.4f, 0.6f},         {"intro", 8, "KSHP", 0.5f, 0.7f},
    {"verse", 16, "KSHPBCc", 0.5f, 0.9f},   {"break", 8, "DCHr", 0.5f, 1.1f},
    {"drop", 16, "KSHOPBCADc", 0.8f, 1.2f}, {"break", 8, "DLHr", 0.6f, 1.0f},
    {"drop", 16, "KSHOPBCLDc", 0.9f, 1.3f}, {"outro", 8, "KSHPC", 0.9f, 0.5f},
    {"outro", 8, "KHP", 0.7f, 0.5f},        {0},
};

/* A long break in the middle, and a theme. */
const struct section form_anthem[] = {
    {"intro", 8, "KHO", 0.5f, 0.7f},
    {"intro", 8, "KSHOPr", 0.5f, 0.9f},
    {"verse", 16, "KSHOPBAc", 0.4f, 1.0f},
    {"break", 8, "DL", 0.5f, 0.8f},
    {"build", 8, "DCAHr", 0.5f, 2.0f},
    {"drop", 16, "KSHOPBALDc", 1.0f, 1.4f},
    {"break", 8, "DAr", 0.5f, 1.5f},
    {"drop", 16, "KSHOPBCALc", 1.2f, 1.5f},
    {"outro", 8, "KSHOBPc", 0.9f, 0.5f},
    {"outro", 8, "KSHO", 0.7f, 0.5f},
    {0},
};

/* For broken beats: the drums are the theme. */
const struct section form_break[] = {
    {"intro", 8, "KSH", 0.5f, 0.7f},
    {"intro", 8, "KSHPAr", 0.4f, 0.9f},
    {"verse", 16, "KSHPBDc", 0.6f, 1.0f},
    {"build", 8, "SHDAr", 0.5f, 1.7f},
    {"drop", 16, "KSHOPBCAc", 1.0f, 1.2f},
    {"break", 8, "DL", 0.6f, 0.9f},
    {"break", 8, "DLAHr", 0.6f, 1.8f},
    {"drop", 16, "KSHOPBCLDc", 1.0f, 1.4f},
    {"outro", 8, "KSHPBc", 0.8f, 0.6f},
    {"outro", 8, "KSH", 0.8f, 0.6f},
    {0},
};

/* Verse and chorus; shorter. */
const struct section form_song[] = {
    {"intro", 8, "HDAr", 0.5f, 0.9f},
    {"verse", 8, "KSHBCc", 0.6f, 0.9f},
    {"verse", 8, "KSHPBCA", 0.7f, 1.0f},
    {"chorus", 8, "KSHOPBDLc", 0.9f, 1.1f},
    {"break", 8, "DCLr", 0.6f, 1.2f},
    {"verse", 8, "KSHPBCAc", 0.8f, 1.0f},
    {"chorus", 16, "KSHOPBDLAc", 1.0f, 1.3f},
    {"outro", 8, "KSHCBc", 0.8f, 0.5f},
    {0},
};
