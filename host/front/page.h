/* page.h - the listener's page, page.html as it is in this folder. */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>

extern const char page_html[];
extern const size_t page_html_length;

#endif
