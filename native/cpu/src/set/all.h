/* All kernels, for the instruction set whose file has been included before. */
#ifndef GATUN_ALL_H
#define GATUN_ALL_H

#include "../matmul.h"
#include "../quantize.h"
#include "../function.h"
#include "../elementwise.h"
#include "../row.h"
#include "../finish.h"
#include "../convolve.h"
#include "../depthwise.h"
#include "../state.h"
#include "../attention.h"
#include "../attend.h"
#include "../encode.h"
#include "../peak.h"

#define KERNELS \
  { \
    prepared_bytes, prepare, matmul, rms, layer, dense, plain_product, rotate, softmax, unary, binary, \
    binary_scalar, gated, add_scaled, store_state, load_state, scores, soft_cap, weigh, \
    accumulate, accumulate_keys, attend, convolve, depthwise, finish, reduce_rows, encode, read_bytes, \
    multiply_adds \
  }

#endif
