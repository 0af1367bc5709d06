/* The kernels that a text declares, as native/gpu/README.md says: KERNEL(name, memory…, PARAMS(block) p). */
#ifndef GATUN_STANDIN_SOURCE_H
#define GATUN_STANDIN_SOURCE_H

#include <stddef.h>

enum { MAX_MEMORIES = 30 };

struct declaration {
  char name[128];
  int memories;
  int alignment[MAX_MEMORIES]; /* of the type that each points to; 1 where it is not known */
  int writes[MAX_MEMORIES];    /* whether it may be written: it is no pointer to const */
  int params;                  /* whether a block of parameters follows */
};

/*
 * A copy for source_next, which the caller frees: without comments and definitions of macros, those macros expanded that
 * lead to a KERNEL.
 */
char *source_read(const char *text);
/* The next kernel from *at on, which moves behind it; 0 when there is none, -1 when it is malformed. */
int source_next(const char **at, struct declaration *kernel);
/* Whether it includes a file by its name; there is no file system for it. Writes the name. */
int source_includes_file(const char *text, char *name, size_t bytes);

#endif
