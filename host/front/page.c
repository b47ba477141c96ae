/* page.c - the assembler puts the file into the program, so that no tool is needed. */
#include "page.h"

#define PAGE(name)                                                                       \
    __asm__(".pushsection .rodata\n"                                                     \
            ".global " #name "_html\n" #name "_html:\n"                                  \
            ".incbin \"host/front/" #name ".html\"\n" #name "_html_end:\n"               \
            ".balign 8\n"                                                                \
            ".global " #name "_html_length\n" #name "_html_length: .quad " #name         \
            "_html_end - " #name "_html\n"                                               \
            ".popsection\n")

PAGE(page);
PAGE(monitor);
