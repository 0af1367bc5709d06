/* As much of a preprocessor as declarations of kernels need. */
#ifndef GATUN_STANDIN_MACRO_H
#define GATUN_STANDIN_MACRO_H

#include <stddef.h>

struct text {
  char *bytes; /* ends with NUL */
  size_t length, room;
};

void text_add(struct text *text, const char *bytes, size_t length);
/* Length of the identifier at the start; 0 when there is none. */
size_t identifier(const char *at);
/* The end of what stands in brackets, from behind the opening one; behind the closing one, or NULL. */
const char *closing(const char *at);
/*
 * Expands function-like macros whose bodies name `word`, or another of them; leaves out what #ifdef and #ifndef leave out,
 * and all directives.
 */
void expand(const char *text, const char *word, struct text *out);

#endif
