#include "source.h"

#include "macro.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *without_comments(const char *text) {
  char *copy = malloc(strlen(text) + 1), *to = copy;
  if (copy == NULL) abort();
  while (*text != 0) {
    if (text[0] == '/' && text[1] == '/') {
      while (*text != 0 && *text != '\n') text++;
    } else if (text[0] == '/' && text[1] == '*') {
      const char *end = strstr(text + 2, "*/");
      text = end == NULL ? text + strlen(text) : end + 2;
      *to++ = ' ';
    } else {
      *to++ = *text++;
    }
  }
  *to = 0;
  return copy;
}

char *source_read(const char *text) {
  char *copy = without_comments(text);
  struct text out = {0};
  expand(copy, "KERNEL", &out);
  free(copy);
  return out.bytes;
}

int source_includes_file(const char *text, char *name, size_t bytes) {
  for (const char *at = text; (at = strstr(at, "#include")) != NULL; at++) {
    const char *quote = at + strlen("#include");
    while (*quote == ' ' || *quote == '\t') quote++;
    int starts = at == text || at[-1] == '\n';
    if (starts && *quote == '"') {
      snprintf(name, bytes, "%.*s", (int)strcspn(quote + 1, "\"\n"), quote + 1);
      return 1;
    }
  }
  return 0;
}

/* The next word of a part of the text that is `word`. */
static int has_word(const char *at, const char *end, const char *word) {
  while (at < end) {
    size_t length = identifier(at);
    if (length == strlen(word) && memcmp(at, word, length) == 0) return 1;
    at += length > 0 ? length : 1;
    while (length == 0 && at < end && isdigit((unsigned char)at[-1]) && identifier(at) > 0) at += identifier(at);
  }
  return 0;
}

static int alignment_of(const char *at, const char *end) {
  static const struct {
    const char *type;
    int bytes;
  } known[] = {{"float", 4},    {"int", 4},      {"uint", 4},   {"int32_t", 4}, {"uint32_t", 4}, {"half", 2},
               {"int16_t", 2},  {"uint16_t", 2}, {"int64", 8},  {"uint64", 8},  {"int64_t", 8},  {"uint64_t", 8},
               {"float4", 16},  {"uint4", 16},   {"uint2", 8},  {"int4", 16}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (has_word(at, end, known[i].type)) return known[i].bytes;
  }
  return 1;
}

static int argument(struct declaration *kernel, int index, const char *start, const char *end) {
  while (start < end && isspace((unsigned char)*start)) start++;
  while (end > start && isspace((unsigned char)end[-1])) end--;
  size_t length = (size_t)(end - start);
  if (index == 0) {
    if (length == 0 || length >= sizeof kernel->name) return -1;
    memcpy(kernel->name, start, length);
    return 0;
  }
  if (kernel->params) return -1; /* Nothing follows the parameters. */
  if (has_word(start, end, "PARAMS")) {
    kernel->params = 1;
    return 0;
  }
  if (!has_word(start, end, "GLOBAL") || kernel->memories == MAX_MEMORIES) return -1;
  kernel->writes[kernel->memories] = !has_word(start, end, "const");
  kernel->alignment[kernel->memories++] = alignment_of(start, end);
  return 0;
}

int source_next(const char **at, struct declaration *kernel) {
  const char *open = *at;
  for (size_t length; *open != 0; open += length > 0 ? length : 1) {
    length = identifier(open);
    if (length == 6 && memcmp(open, "KERNEL", 6) == 0 && open[6] == '(') break;
  }
  if (*open == 0) return 0;
  memset(kernel, 0, sizeof *kernel);
  const char *start = open + 7, *end = closing(start);
  if (end == NULL) return -1;
  int depth = 0, index = 0;
  for (const char *each = start; each < end; each++) {
    if ((*each == ',' && depth == 0) || each == end - 1) {
      if (argument(kernel, index++, start, each) < 0) return -1;
      start = each + 1;
    }
    if (*each == '(') depth++;
    if (*each == ')') depth--;
  }
  *at = end;
  return 1;
}
