#define _GNU_SOURCE
#include "memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* NaN in every float type, -1 in every integer type. */
enum { POISON = 0xFF, BEHIND = 0xA5, POISON_BYTES = 1 << 21 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

size_t memory_page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* A file full of poison. Mapped privately, what is written to it is lost. */
static int poison_file(void) {
  static int file = -1;
  if (file < 0) {
    file = memfd_create("poison", MFD_CLOEXEC);
    uint8_t *all = malloc(POISON_BYTES);
    if (file < 0 || all == NULL) abort();
    memset(all, POISON, POISON_BYTES);
    if (write(file, all, POISON_BYTES) != POISON_BYTES) abort();
    free(all);
  }
  return file;
}

int memory_new(struct memory *memory, size_t bytes) {
  size_t page = memory_page();
  memory->bytes = bytes;
  memory->mapped = (bytes + page - 1) / page * page;
  /* A page without access on either side. */
  uint8_t *around = mmap(NULL, memory->mapped + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (around == MAP_FAILED) return 0;
  memory->device = mmap(around + page, memory->mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
                        -1, 0);
  memory->in_use = calloc(memory->mapped / page, sizeof *memory->in_use);
  if (memory->device == MAP_FAILED || memory->in_use == NULL) return 0;
  /* Of no bytes of a shared mapping, mremap makes a second mapping. */
  memory->host = mremap(memory->device, 0, memory->mapped, MREMAP_MAYMOVE);
  if (memory->host == MAP_FAILED) return 0;
  memset(memory->device, POISON, bytes);
  memset(memory->device + bytes, BEHIND, memory->mapped - bytes);
  return 1;
}

void memory_wrap(struct memory *memory, void *bytes, size_t length) {
  *memory = (struct memory){.device = bytes, .host = bytes, .bytes = length};
}

void memory_free(struct memory *memory) {
  if (memory->mapped == 0) return;
  size_t page = memory_page();
  munmap(memory->device - page, memory->mapped + 2 * page);
  munmap(memory->host, memory->mapped);
  free(memory->in_use);
  *memory = (struct memory){0};
}

static void map(struct memory *memory, size_t first, size_t end, int hidden) {
  size_t page = memory_page(), from = first * page, bytes = (end - first) * page;
  if (!hidden) {
    if (mremap(memory->device + from, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, memory->host + from) == MAP_FAILED) abort();
    return;
  }
  while (bytes > 0) {
    size_t part = bytes < POISON_BYTES ? bytes : POISON_BYTES;
    if (mmap(memory->host + from, part, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, poison_file(), 0) == MAP_FAILED) {
      abort();
    }
    from += part;
    bytes -= part;
  }
}

/* Counts a range up or down, and maps anew where a page came into use or out of it. */
static void count(struct memory *memory, size_t from, size_t bytes, int change) {
  if (memory->mapped == 0) return;
  size_t page = memory_page(), first = (from + page - 1) / page;
  size_t end = from + bytes == memory->bytes ? memory->mapped / page : (from + bytes) / page;
  pthread_mutex_lock(&lock);
  size_t run = first;
  for (size_t i = first; i < end; i++) {
    int turns = change > 0 ? memory->in_use[i]++ == 0 : --memory->in_use[i] == 0;
    if (!turns) {
      if (i > run) map(memory, run, i, change > 0);
      run = i + 1;
    }
  }
  if (end > run) map(memory, run, end, change > 0);
  pthread_mutex_unlock(&lock);
}

void memory_hide(struct memory *memory, size_t from, size_t bytes) { count(memory, from, bytes, 1); }
void memory_show(struct memory *memory, size_t from, size_t bytes) { count(memory, from, bytes, -1); }

int memory_overrun(const struct memory *memory) {
  for (size_t i = memory->bytes; i < memory->mapped; i++) {
    if (memory->device[i] != BEHIND) return 1;
  }
  return 0;
}
