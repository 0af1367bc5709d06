#include "macro.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MACROS = 1024, MAX_PARAMETERS = 16, MAX_DEPTH = 16 };

/* Names and bodies point into the text. */
struct part {
  const char *at;
  size_t length;
};
struct macro {
  struct part name, body, parameters[MAX_PARAMETERS];
  int count, leads;
};
struct macros {
  struct macro all[MAX_MACROS];
  int count;
};

/* Conditions around the current line: whether each, and all around it, hold. */
struct conditions {
  int holds[MAX_DEPTH];
  int depth;
};

void text_add(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = (text->length + length + 1) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

size_t identifier(const char *at) {
  size_t length = 0;
  if (isdigit((unsigned char)*at)) return 0;
  while (isalnum((unsigned char)at[length]) || at[length] == '_') length++;
  return length;
}

const char *closing(const char *at) {
  for (int depth = 1; *at != 0; at++) {
    if (*at == '(') depth++;
    if (*at == ')' && --depth == 0) return at + 1;
  }
  return NULL;
}

static int is(struct part part, const char *at, size_t length) {
  return part.length == length && memcmp(part.at, at, length) == 0;
}

static const struct macro *named(const struct macros *macros, const char *at, size_t length) {
  for (int i = 0; i < macros->count; i++) {
    if (is(macros->all[i].name, at, length)) return &macros->all[i];
  }
  return NULL;
}

/* Parts between commas, up to `end`, without spaces around them. */
static int split(const char *at, const char *end, struct part *parts) {
  int count = 0, depth = 0;
  const char *start = at;
  for (; at <= end && count < MAX_PARAMETERS; at++) {
    if (at < end && *at == '(') depth++;
    if (at < end && *at == ')') depth--;
    if (at == end || (*at == ',' && depth == 0)) {
      const char *last = at;
      while (start < last && isspace((unsigned char)*start)) start++;
      while (last > start && isspace((unsigned char)last[-1])) last--;
      parts[count++] = (struct part){start, (size_t)(last - start)};
      start = at + 1;
    }
  }
  return count;
}

/* The end of a line that goes on behind a backslash. */
static const char *line_end(const char *at) {
  while (*at != 0 && (*at != '\n' || at[-1] == '\\')) at++;
  return at;
}

/* Macros without parameters are known by their names alone. */
static void define(struct macros *macros, const char *line, const char *end) {
  size_t length = identifier(line);
  const char *last = line[length] == '(' ? closing(line + length + 1) : NULL;
  if (length == 0 || macros->count == MAX_MACROS) abort();
  struct macro *macro = &macros->all[macros->count++];
  macro->name = (struct part){line, length};
  if (last == NULL || last > end) return;
  macro->count = split(line + length + 1, last - 1, macro->parameters);
  macro->body = (struct part){last, (size_t)(end - last)};
}

/* A directive, from behind its #. Conditions other than whether a name is defined are not known. */
static void directive(struct macros *macros, struct conditions *at, const char *line, const char *end) {
  size_t length = identifier(line);
  const char *rest = line + length + strspn(line + length, " \t");
  int outer = at->depth == 0 || at->holds[at->depth - 1];
  struct part word = {line, length};
  if (is(word, "define", 6)) {
    if (outer) define(macros, rest, end);
  } else if (is(word, "ifdef", 5) || is(word, "ifndef", 6)) {
    if (at->depth == MAX_DEPTH) abort();
    int defined = named(macros, rest, identifier(rest)) != NULL;
    at->holds[at->depth++] = outer && defined == (length == 5);
  } else if (is(word, "else", 4) && at->depth > 0) {
    int around = at->depth < 2 || at->holds[at->depth - 2];
    at->holds[at->depth - 1] = around && !at->holds[at->depth - 1];
  } else if (is(word, "endif", 5) && at->depth > 0) {
    at->depth--;
  } else if (is(word, "if", 2) || is(word, "elif", 4) || is(word, "undef", 5)) {
    fprintf(stderr, "The stand-in for Metal does not read #%.*s\n", (int)(end - line), line);
    abort();
  }
}

static int names(struct part body, const char *word, const struct macros *macros) {
  for (const char *at = body.at; at < body.at + body.length;) {
    size_t length = identifier(at);
    if (length > 0) {
      const struct macro *other = named(macros, at, length);
      if ((length == strlen(word) && memcmp(at, word, length) == 0) || (other != NULL && other->leads)) return 1;
    }
    at += length > 0 ? length : 1;
  }
  return 0;
}

/* A body with arguments in the places of parameters, words joined at ##. */
static void substitute(const struct macro *macro, const struct part *arguments, struct text *out) {
  const char *at = macro->body.at, *end = at + macro->body.length;
  while (at < end) {
    size_t length = identifier(at);
    if (length == 0) {
      const char *joint = at + strspn(at, " \t\\\n");
      if (joint + 1 < end && joint[0] == '#' && joint[1] == '#') {
        at = joint + 2 + strspn(joint + 2, " \t\\\n");
      } else {
        text_add(out, *at == '\\' ? " " : at, 1);
        at++;
      }
      continue;
    }
    struct part word = {at, length};
    for (int i = 0; i < macro->count; i++) {
      if (is(macro->parameters[i], at, length)) word = arguments[i];
    }
    text_add(out, word.at, word.length);
    at += length;
  }
}

static void expand_in(const char *at, const struct macros *macros, int depth, struct text *out) {
  while (*at != 0) {
    size_t length = identifier(at);
    const struct macro *macro = length > 0 ? named(macros, at, length) : NULL;
    const char *open = at + length + strspn(at + length, " \t\n");
    const char *end = macro != NULL && macro->leads && *open == '(' ? closing(open + 1) : NULL;
    struct part arguments[MAX_PARAMETERS];
    if (end != NULL && depth < MAX_DEPTH && split(open + 1, end - 1, arguments) == macro->count) {
      struct text body = {0};
      text_add(&body, "", 0);
      substitute(macro, arguments, &body);
      expand_in(body.bytes, macros, depth + 1, out);
      free(body.bytes);
      at = end;
    } else {
      length += length == 0;
      text_add(out, at, length);
      at += length;
    }
  }
}

void expand(const char *text, const char *word, struct text *out) {
  struct macros *macros = calloc(1, sizeof *macros);
  struct text rest = {0};
  if (macros == NULL) abort();
  struct conditions conditions = {0};
  text_add(&rest, "\n", 1);
  for (const char *at = text; *at != 0;) {
    const char *start = at + strspn(at, " \t"), *end = line_end(at);
    if (*start == '#') {
      directive(macros, &conditions, start + 1 + strspn(start + 1, " \t"), end);
    } else if (conditions.depth == 0 || conditions.holds[conditions.depth - 1]) {
      text_add(&rest, at, (size_t)(end - at));
    }
    text_add(&rest, "\n", 1);
    at = end + (*end != 0);
  }
  for (int found = 1; found > 0;) {
    found = 0;
    for (int i = 0; i < macros->count; i++) {
      struct macro *macro = &macros->all[i];
      if (!macro->leads && !is(macro->name, word, strlen(word)) && names(macro->body, word, macros)) {
        macro->leads = found = 1;
      }
    }
  }
  text_add(out, "", 0);
  expand_in(rest.bytes, macros, 0, out);
  free(rest.bytes);
  free(macros);
}
