/*
 * Memory of a buffer, mapped twice: the device's view, and the host's. While work on a part of it runs, the host's view
 * of that part shows poison, and what the host writes there is lost.
 */
#ifndef GATUN_STANDIN_MEMORY_H
#define GATUN_STANDIN_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory {
  uint8_t *device;
  uint8_t *host;
  size_t bytes;
  size_t mapped;    /* bytes in whole pages; 0 when the memory is somebody else's */
  unsigned *in_use; /* per page: ranges of running work that touch it */
};

size_t memory_page(void);
/* Fills it with poison. Returns 0 when there is no room. */
int memory_new(struct memory *memory, size_t bytes);
/* Takes memory of others, which is never hidden. */
void memory_wrap(struct memory *memory, void *bytes, size_t length);
void memory_free(struct memory *memory);
/* Work on a range starts; the host has seen that it ended. Only whole pages and the last one are hidden. */
void memory_hide(struct memory *memory, size_t from, size_t bytes);
void memory_show(struct memory *memory, size_t from, size_t bytes);
/* Whether something was written behind the end. */
int memory_overrun(const struct memory *memory);

#endif
