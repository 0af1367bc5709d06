/* The exported functions: each calls the kernel of the wanted instruction set. */
#include "gatun_cpu.h"
#include "kernels.h"
#include "window.h"

#define AT(type, address) ((type *)(intptr_t)(address))
#define FLOATS(address) AT(float, address)

static const gatun_kernels *of(int64_t set) {
#if defined(GATUN_X86)
  switch (set) {
    case GATUN_CPU_AVX2:
      return &gatun_avx2;
    case GATUN_CPU_AVXVNNI:
      return &gatun_avxvnni;
    case GATUN_CPU_AVX512:
      return &gatun_avx512;
    case GATUN_CPU_AVX512VNNI:
      return &gatun_avx512vnni;
    case GATUN_CPU_AVX512BF16:
    case GATUN_CPU_AMX:
      return &gatun_avx512bf16;
    default:
      return &gatun_portable;
  }
#elif defined(GATUN_ARM64)
  switch (set) {
    case GATUN_CPU_NEON:
      return &gatun_neon;
    case GATUN_CPU_DOTPROD:
      return &gatun_dotprod;
    case GATUN_CPU_I8MM:
      return &gatun_i8mm;
    default:
      return &gatun_portable;
  }
#else
  (void)set;
  return &gatun_portable;
#endif
}

int32_t gatun_cpu_abi(void) { return GATUN_CPU_ABI; }

gatun_i64 gatun_cpu_row_bytes(gatun_i64 set, gatun_i64 format, gatun_i64 k) {
  return of(set)->rowBytes(format, k);
}

void gatun_cpu_prepare(
    gatun_i64 set, gatun_i64 format, gatun_i64 x, gatun_i64 k, gatun_i64 prepared, gatun_i64 from,
    gatun_i64 to) {
  of(set)->prepare(format, FLOATS(x), k, AT(uint8_t, prepared), from, to);
}

void gatun_cpu_matmul(
    gatun_i64 set, gatun_i64 format, gatun_i64 tiles, gatun_i64 prepared, gatun_i64 m, gatun_i64 n, gatun_i64 k,
    gatun_i64 y, gatun_i64 yStride, gatun_i64 fromTile, gatun_i64 toTile, gatun_i64 scratch) {
#if defined(GATUN_X86)
  if (set == GATUN_CPU_AMX) {
    gatun_amx_matmul(
        format, AT(uint8_t, tiles), AT(uint8_t, prepared), m, n, k, FLOATS(y), yStride, fromTile,
        toTile, AT(uint8_t, scratch));
    return;
  }
#endif
  of(set)->matmul(
      format, AT(uint8_t, tiles), AT(uint8_t, prepared), m, n, k, FLOATS(y), yStride, fromTile,
      toTile, AT(uint8_t, scratch));
}

void gatun_cpu_rms(
    gatun_i64 set, gatun_i64 x, gatun_i64 scale, gatun_i64 y, gatun_i64 columns, double epsilon,
    gatun_i64 from, gatun_i64 to) {
  of(set)->rms(FLOATS(x), FLOATS(scale), FLOATS(y), columns, epsilon, from, to);
}

void gatun_cpu_layer(
    gatun_i64 set, gatun_i64 x, gatun_i64 scale, gatun_i64 bias, gatun_i64 y, gatun_i64 columns,
    double epsilon, gatun_i64 from, gatun_i64 to) {
  of(set)->layer(
      FLOATS(x), FLOATS(scale), FLOATS(bias), FLOATS(y), columns, epsilon, from, to);
}

void gatun_cpu_dense(
    gatun_i64 set, gatun_i64 a, gatun_i64 b, gatun_i64 transposed, gatun_i64 n, gatun_i64 k,
    gatun_i64 y, gatun_i64 from, gatun_i64 to) {
  of(set)->dense(FLOATS(a), FLOATS(b), transposed, n, k, FLOATS(y), from, to);
}

void gatun_cpu_product(
    gatun_i64 set, gatun_i64 a, gatun_i64 aStride, gatun_i64 b, gatun_i64 bStride, gatun_i64 y,
    gatun_i64 yStride, gatun_i64 m, gatun_i64 n, gatun_i64 k, gatun_i64 add) {
  of(set)->product(FLOATS(a), aStride, FLOATS(b), bStride, FLOATS(y), yStride, m, n, k, add);
}

void gatun_cpu_rotate(
    gatun_i64 set, gatun_i64 x, gatun_i64 cosine, gatun_i64 sine, gatun_i64 y, gatun_i64 heads,
    gatun_i64 headDim, gatun_i64 offset, gatun_i64 rotaryDim, gatun_i64 interleaved, gatun_i64 from,
    gatun_i64 to) {
  of(set)->rotate(
      FLOATS(x), FLOATS(cosine), FLOATS(sine), FLOATS(y), heads, headDim, offset, rotaryDim,
      interleaved, from, to);
}

void gatun_cpu_softmax(
    gatun_i64 set, gatun_i64 x, gatun_i64 y, gatun_i64 columns, gatun_i64 from, gatun_i64 to) {
  of(set)->softmax(FLOATS(x), FLOATS(y), columns, from, to);
}

void gatun_cpu_unary(gatun_i64 set, gatun_i64 function, gatun_i64 x, gatun_i64 y, gatun_i64 count) {
  of(set)->unary(function, FLOATS(x), FLOATS(y), count);
}

void gatun_cpu_binary(
    gatun_i64 set, gatun_i64 function, gatun_i64 a, gatun_i64 b, gatun_i64 y, gatun_i64 count) {
  of(set)->binary(function, FLOATS(a), FLOATS(b), FLOATS(y), count);
}

void gatun_cpu_binary_scalar(
    gatun_i64 set, gatun_i64 function, gatun_i64 a, float b, gatun_i64 reversed, gatun_i64 y,
    gatun_i64 count) {
  of(set)->binaryScalar(function, FLOATS(a), b, reversed, FLOATS(y), count);
}

void gatun_cpu_gated(
    gatun_i64 set, gatun_i64 activation, gatun_i64 gate, gatun_i64 up, gatun_i64 y, gatun_i64 count) {
  of(set)->gated(activation, FLOATS(gate), FLOATS(up), FLOATS(y), count);
}

void gatun_cpu_add_scaled(gatun_i64 set, gatun_i64 x, float factor, gatun_i64 y, gatun_i64 count) {
  of(set)->addScaled(FLOATS(x), factor, FLOATS(y), count);
}

void gatun_cpu_store(
    gatun_i64 set, gatun_i64 type, gatun_i64 x, gatun_i64 dim, gatun_i64 tile, gatun_i64 slot,
    gatun_i64 keys) {
  of(set)->store(type, FLOATS(x), dim, AT(void, tile), slot, keys);
}

void gatun_cpu_load(
    gatun_i64 set, gatun_i64 type, gatun_i64 tile, gatun_i64 dim, gatun_i64 y, gatun_i64 keys) {
  of(set)->load(type, AT(void, tile), dim, FLOATS(y), keys);
}

void gatun_cpu_scores(
    gatun_i64 set, gatun_i64 q, gatun_i64 queries, gatun_i64 keys, gatun_i64 dim, gatun_i64 s) {
  of(set)->scores(FLOATS(q), queries, FLOATS(keys), dim, FLOATS(s));
}

void gatun_cpu_soft_cap(gatun_i64 set, gatun_i64 s, gatun_i64 count, float cap) {
  of(set)->softCap(FLOATS(s), count, cap);
}

void gatun_cpu_weigh(
    gatun_i64 set, gatun_i64 s, gatun_i64 from, gatun_i64 to, gatun_i64 stats, gatun_i64 sum, gatun_i64 dim) {
  of(set)->weigh(FLOATS(s), from, to, FLOATS(stats), FLOATS(sum), dim);
}

void gatun_cpu_accumulate(
    gatun_i64 set, gatun_i64 weights, gatun_i64 queries, gatun_i64 values, gatun_i64 dim, gatun_i64 from,
    gatun_i64 to, gatun_i64 sums) {
  of(set)->accumulate(FLOATS(weights), queries, FLOATS(values), dim, from, to, FLOATS(sums));
}

void gatun_cpu_accumulate_keys(
    gatun_i64 set, gatun_i64 weights, gatun_i64 queries, gatun_i64 keys, gatun_i64 dim, gatun_i64 sums) {
  of(set)->accumulateKeys(FLOATS(weights), queries, FLOATS(keys), dim, FLOATS(sums));
}

gatun_i64 gatun_cpu_attend_bytes(gatun_i64 keyDim, gatun_i64 valueDim) {
  return 4 * GATUN_CPU_POSITIONS * (GATUN_CPU_STRIP + keyDim + valueDim);
}

void gatun_cpu_attend(
    gatun_i64 set, gatun_i64 type, gatun_i64 q, gatun_i64 queries, gatun_i64 keyDim,
    gatun_i64 valueDim, float softcap, gatun_i64 ranges, gatun_i64 first, gatun_i64 tiles,
    gatun_i64 count, gatun_i64 stats, gatun_i64 sums, gatun_i64 scratch) {
  of(set)->attend(
      type, FLOATS(q), queries, keyDim, valueDim, softcap, AT(int32_t, ranges), first,
      AT(int64_t, tiles), count, FLOATS(stats), FLOATS(sums), FLOATS(scratch));
}

void gatun_cpu_convolve_pack(
    gatun_i64 weights, gatun_i64 out, gatun_i64 depth, gatun_i64 packed) {
  const float *from = FLOATS(weights);
  float *to = FLOATS(packed);
  for (int64_t row = 0; row < out; row += GATUN_CPU_CHANNELS) {
    int64_t rows = out - row < GATUN_CPU_CHANNELS ? out - row : GATUN_CPU_CHANNELS;
    for (int64_t i = 0; i < depth; i++) {
      for (int64_t r = 0; r < rows; r++) {
        *to++ = from[(row + r) * depth + i];
      }
    }
  }
}

gatun_i64 gatun_cpu_convolve_bytes(
    gatun_i64 windows, gatun_i64 in, gatun_i64 rows, gatun_i64 columns) {
  return strip_bytes(AT(int64_t, windows), in, rows, columns);
}

void gatun_cpu_convolve(
    gatun_i64 set, gatun_i64 windows, gatun_i64 in, gatun_i64 x, gatun_i64 weights, gatun_i64 bias,
    gatun_i64 y, gatun_i64 parts, gatun_i64 count, gatun_i64 plane, gatun_i64 fromRow, gatun_i64 toRow,
    gatun_i64 fromColumn, gatun_i64 toColumn, gatun_i64 fromChannel, gatun_i64 toChannel,
    gatun_i64 scratch) {
  of(set)->convolve(
      AT(int64_t, windows), in, FLOATS(x), FLOATS(weights), FLOATS(bias), FLOATS(y),
      AT(gatun_part, parts), count, plane, fromRow, toRow, fromColumn, toColumn, fromChannel,
      toChannel, FLOATS(scratch));
}

void gatun_cpu_depthwise(
    gatun_i64 set, gatun_i64 windows, gatun_i64 out, gatun_i64 x, gatun_i64 weights, gatun_i64 bias,
    gatun_i64 y, gatun_i64 parts, gatun_i64 count, gatun_i64 fromRow, gatun_i64 toRow,
    gatun_i64 fromColumn, gatun_i64 toColumn, gatun_i64 fromChannel, gatun_i64 toChannel,
    gatun_i64 scratch) {
  of(set)->depthwise(
      AT(int64_t, windows), out, FLOATS(x), FLOATS(weights), FLOATS(bias), FLOATS(y),
      AT(gatun_part, parts), count, fromRow, toRow, fromColumn, toColumn, fromChannel, toChannel,
      FLOATS(scratch));
}

void gatun_cpu_finish(
    gatun_i64 set, gatun_i64 parts, gatun_i64 count, gatun_i64 x, gatun_i64 y, gatun_i64 at, gatun_i64 n) {
  of(set)->finish(AT(gatun_part, parts), count, FLOATS(x), FLOATS(y), at, n);
}

void gatun_cpu_reduce_rows(
    gatun_i64 set, gatun_i64 function, gatun_i64 x, gatun_i64 y, gatun_i64 columns, gatun_i64 from,
    gatun_i64 to) {
  of(set)->reduceRows(function, FLOATS(x), FLOATS(y), columns, from, to);
}

int32_t gatun_cpu_encodes(gatun_i64 format) {
  switch (format) {
    case GATUN_CPU_Q4_0:
    case GATUN_CPU_Q4_1:
    case GATUN_CPU_Q5_0:
    case GATUN_CPU_Q5_1:
    case GATUN_CPU_Q8_0:
    case GATUN_CPU_Q2_K:
    case GATUN_CPU_Q3_K:
    case GATUN_CPU_Q4_K:
    case GATUN_CPU_Q5_K:
    case GATUN_CPU_Q6_K:
    case GATUN_CPU_IQ4_NL:
    case GATUN_CPU_IQ4_XS:
    case GATUN_CPU_MXFP4:
      return 1;
    default:
      return 0;
  }
}

void gatun_cpu_encode(
    gatun_i64 set, gatun_i64 format, gatun_i64 x, gatun_i64 rows, gatun_i64 columns,
    gatun_i64 importance, gatun_i64 blocks) {
  of(set)->encode(format, FLOATS(x), rows, columns, FLOATS(importance), AT(uint8_t, blocks));
}

gatun_i64 gatun_cpu_read(gatun_i64 set, gatun_i64 at, gatun_i64 bytes) {
  return of(set)->readBytes(AT(uint8_t, at), bytes);
}

gatun_i64 gatun_cpu_multiply_adds(gatun_i64 set, gatun_i64 rounds, gatun_i64 data) {
  return of(set)->multiplyAdds(rounds, AT(uint8_t, data));
}
