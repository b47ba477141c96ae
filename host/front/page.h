/* page.h - the listener's page and the operator's, as they are in this folder. */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>

extern const char page_html[];
extern const size_t page_html_length;

extern const char monitor_html[];
extern const size_t monitor_html_length;

#endif
