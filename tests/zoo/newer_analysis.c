/* newer_analysis.c - the real brain, but that its analyses are of another version. */
#include "zoo.h"

MISBEHAVE
{
    brain = *real_plugin("brain")->brain;
    brain.analysis_version++;
}

PLUGIN(brain);
