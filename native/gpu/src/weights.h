/*
 * What is done with weights in any format, and what the formats share.
 *
 * A format is a struct: ELEMENTS in a block of BYTES (layouts: ggml-common.h; our decoders in java-core/tensor say each
 * in a line), and eight(block, lattice, part, count, v), which leaves elements [8 part, 8 part + 8) of a block in v.
 * WHOLE: rows are whole eights; else the last eight of a row may have only count elements, and the rest decodes to 0.
 * lattice: the points of the IQ formats, the content of iq-grids.bin (java-core/tensor); the kernels LATTICE_... take it
 * after the weights, the others have none. Blocks are aligned to two bytes where that is possible.
 */

DEVICE uint load16(GLOBAL const uint8_t *p) { return *(GLOBAL const uint16_t *)p; }
DEVICE float load_half(GLOBAL const uint8_t *p) { return float(*(GLOBAL const half *)p); }
DEVICE uint load32(GLOBAL const uint8_t *p) { return load16(p) | load16(p + 2) << 16; }

/* Eight fields of bits at shift of eight bytes. */
DEVICE void fields(GLOBAL const uint8_t *p, int shift, uint mask, LOCAL uint *q) {
  UNROLL for (int i = 0; i < 4; i++) {
    uint two = load16(p + 2 * i);
    q[2 * i] = two >> shift & mask;
    q[2 * i + 1] = two >> (8 + shift) & mask;
  }
}

template <class F>
DEVICE int64 row_bytes(int elements) {
  return int64(elements) * F::BYTES / F::ELEMENTS;
}

/* Elements [8 g, 8 g + 8) of a row of in elements; returns how many of them there are, 0 or less behind the row's end. */
template <class F>
DEVICE int decode(GLOBAL const uint8_t *row, GLOBAL const uint16_t *lattice, int g, int in, LOCAL float *v) {
  int count = F::WHOLE ? 8 : m_min(8, in - g * 8);
  F::eight(row + int64(g / (F::ELEMENTS / 8)) * F::BYTES, lattice, g % (F::ELEMENTS / 8), count, v);
  return count;
}

#include "gather_rows.h"
#include "matvec.h"
#include "matmul.h"
#include "matmul_mma.h"
#include "matmul_simd.h"
#include "expert_matvec.h"
