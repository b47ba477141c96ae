/* page.c - the assembler puts the file into the program, so that no tool is needed. */
#include "page.h"

__asm__(".pushsection .rodata\n"
        ".global page_html\n"
        "page_html:\n"
        ".incbin \"host/front/page.html\"\n"
        "page_html_end:\n"
        ".balign 8\n"
        ".global page_html_length\n"
        "page_html_length: .quad page_html_end - page_html\n"
        ".popsection\n");
