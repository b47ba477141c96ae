/* forms.h - how tracks are built up from sections. Data only; see styles.h. */
#ifndef DEMO_FORMS_H
#define DEMO_FORMS_H

#include "styles.h"

extern const struct section form_club[], form_deep[], form_anthem[], form_break[],
    form_song[];

#endif
