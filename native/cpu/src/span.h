/*
 * Sums of 16 bits, on sets whose dot products of bytes pass through 16 bits: where several groups of
 * columns fit in them, widening is done once for all. The results are the same integers.
 */
#ifndef GATUN_SPAN_H
#define GATUN_SPAN_H

#include "fields.h"

#if defined(SHORT_PRODUCTS)
#define MOST_SPAN GROUPS

/*
 * Groups of columns of a part whose products fit: of fields of 4 bits, 8 * 2 * 15 * 127 at most.
 * Tables hold numbers of up to 7 bits.
 */
INLINE int span_of(shape s) {
  int bits = s.low + s.high;
  if (s.coded || bits > 6) {
    return 1;
  }
  int most = bits <= 4 ? MOST_SPAN : bits == 5 ? 4 : 2;
  return most < GROUPS / s.parts ? most : GROUPS / s.parts;
}

/*
 * The same value, computed here. GCC otherwise puts off the additions of a block until all of its
 * products are there, on the stack: that took half of the time.
 */
INLINE ints settled(ints x) {
  __asm__("" : "+v"(x));
  return x;
}
#else
#define MOST_SPAN 1

INLINE int span_of(shape s) {
  (void)s;
  return 1;
}

INLINE ints settled(ints x) { return x; }
INLINE ints short_products(ints w, ints x) { return w + x; }
INLINE ints even_dot(ints sum, ints w, ints x) { return wide_dot(sum, w, x); }
#endif

/* For `wide`, beside 0 and 1: fields of 8 bits of which none is -128. */
#define EVEN_WIDE 2

INLINE ints dot_of(int wide, ints sum, ints w, ints x) {
  return wide == EVEN_WIDE ? even_dot(sum, w, x) : wide ? wide_dot(sum, w, x) : dot(sum, w, x);
}

/*
 * Adds the products of one group to a sum, by way of sums of 16 bits where `span` is above 1; `at`
 * counts the groups that go there.
 */
INLINE void add_group(int wide, int span, int at, ints w, ints x, ints *halves, ints *sum) {
  if (span == 1) {
    *sum = settled(dot_of(wide, *sum, w, x));
    return;
  }
  ints both = short_products(w, x);
  *halves = settled(at % span == 0 ? both : (ints)((shorts)*halves + (shorts)both));
  if (at % span == span - 1) {
    *sum = settled(*sum + pairs(*halves, spread_int(0x10001)));
  }
}

#endif
