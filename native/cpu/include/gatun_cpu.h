/*
 * The CPU kernels of Gatun: the only header of this library, and the whole of its ABI.
 *
 * All parameters have fixed widths. Addresses are integers, so that calls of one arity share one
 * shape. Every kernel takes the instruction set that it shall use; the caller has made sure of
 * it with gatun_cpu_supports. Kernels keep no state, allocate nothing, start no threads and call
 * nothing outside this library: any number of threads may run them at once on disjoint outputs.
 * Values are F32, little endian, dense and row major unless a function says otherwise.
 */
#ifndef GATUN_CPU_H
#define GATUN_CPU_H

#include <stdint.h>

#if defined(_WIN32)
#define GATUN_CPU_EXPORT __declspec(dllexport)
#else
#define GATUN_CPU_EXPORT __attribute__((visibility("default")))
#endif

/* 64 bits; unlike int64_t the same C type, and so the same bindings, on every platform. */
typedef long long gatun_i64;

/* Changes whenever a caller of the former ABI would go wrong. */
#define GATUN_CPU_ABI 10

/* Instruction sets, each with all that its kernels use. */
#define GATUN_CPU_PORTABLE 0   /* what the compiler targets by default */
#define GATUN_CPU_AVX2 1       /* AVX2, FMA, F16C */
#define GATUN_CPU_AVXVNNI 2    /* AVX2 and AVX-VNNI */
#define GATUN_CPU_AVX512 3     /* AVX-512 F, BW, DQ, VL */
#define GATUN_CPU_AVX512VNNI 4 /* AVX-512 and AVX-512 VNNI */
#define GATUN_CPU_NEON 5       /* what every arm64 processor has */
#define GATUN_CPU_DOTPROD 6    /* and the dot products of bytes of Armv8.2 */
#define GATUN_CPU_I8MM 7       /* and its products of matrices of bytes */
#define GATUN_CPU_AVX512BF16 8 /* AVX-512 VNNI and AVX-512 BF16 */
#define GATUN_CPU_AMX 9        /* and AMX with products of bytes and of BF16 */
#define GATUN_CPU_SETS 10

/* Formats of weights, as GGUF stores them. */
#define GATUN_CPU_Q4_0 0
#define GATUN_CPU_Q4_1 1
#define GATUN_CPU_Q8_0 2
#define GATUN_CPU_Q5_0 3
#define GATUN_CPU_Q5_1 4
#define GATUN_CPU_Q2_K 5
#define GATUN_CPU_Q3_K 6
#define GATUN_CPU_Q4_K 7
#define GATUN_CPU_Q5_K 8
#define GATUN_CPU_Q6_K 9
#define GATUN_CPU_IQ4_NL 10
#define GATUN_CPU_IQ4_XS 11
#define GATUN_CPU_F32 12
#define GATUN_CPU_F16 13
#define GATUN_CPU_BF16 14
#define GATUN_CPU_MXFP4 15
#define GATUN_CPU_NVFP4 16
#define GATUN_CPU_Q1_0 17
#define GATUN_CPU_Q2_0 18
#define GATUN_CPU_TQ1_0 19
#define GATUN_CPU_TQ2_0 20
#define GATUN_CPU_IQ1_S 21
#define GATUN_CPU_IQ1_M 22
#define GATUN_CPU_IQ2_XXS 23
#define GATUN_CPU_IQ2_XS 24
#define GATUN_CPU_IQ2_S 25
#define GATUN_CPU_IQ3_XXS 26
#define GATUN_CPU_IQ3_S 27

/* Rows of a packed tile, elements of a block of activations, positions of a tile of attention. */
#define GATUN_CPU_TILE_ROWS 32
#define GATUN_CPU_BLOCK 32
#define GATUN_CPU_POSITIONS 64

/* Queries that gatun_cpu_attend works on at a time. */
#define GATUN_CPU_STRIP 24

/* How a cache stores keys and values. */
#define GATUN_CPU_STATE_F32 0
#define GATUN_CPU_STATE_F16 1
#define GATUN_CPU_STATE_Q8_0 2

/* Functions of one argument. */
#define GATUN_CPU_NEG 0
#define GATUN_CPU_ABS 1
#define GATUN_CPU_EXP 2
#define GATUN_CPU_RECIPROCAL 3
#define GATUN_CPU_SIGMOID 4
#define GATUN_CPU_TANH 5
#define GATUN_CPU_SILU 6
#define GATUN_CPU_GELU_TANH 7
#define GATUN_CPU_RELU 8
#define GATUN_CPU_SQRT 9
#define GATUN_CPU_ERF 10
#define GATUN_CPU_GELU 11

/* Functions of two arguments. */
#define GATUN_CPU_ADD 0
#define GATUN_CPU_SUB 1
#define GATUN_CPU_MUL 2
#define GATUN_CPU_DIV 3
#define GATUN_CPU_MAX 4
#define GATUN_CPU_MIN 5

/* Channels of a tile of packed weights of a convolution. */
#define GATUN_CPU_CHANNELS 6

/* What a convolution's result goes through; see gatun_cpu_convolve. */
#define GATUN_CPU_CURVE 0
#define GATUN_CPU_FUNCTION 1
#define GATUN_CPU_OTHER 2

/* Bytes of one such part. */
#define GATUN_CPU_PART_BYTES 64

/* Reductions of rows. */
#define GATUN_CPU_ROW_SUM 0
#define GATUN_CPU_ROW_MEAN 1
#define GATUN_CPU_ROW_MAX 2
#define GATUN_CPU_ROW_MIN 3

#ifdef __cplusplus
extern "C" {
#endif

/* GATUN_CPU_ABI of the library. */
GATUN_CPU_EXPORT int32_t gatun_cpu_abi(void);

/* 1 when library, processor and operating system have an instruction set; 0 otherwise. */
GATUN_CPU_EXPORT int32_t gatun_cpu_supports(int32_t set);

/* Bytes of one packed tile of rows of k weights; k is a multiple of the format's block. */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_tile_bytes(gatun_i64 format, gatun_i64 k);

/* Bytes of one row of X as gatun_cpu_prepare writes it; 0 where products take X as it is. */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_row_bytes(gatun_i64 set, gatun_i64 format, gatun_i64 k);

/* Bytes of working memory of gatun_cpu_matmul. */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_scratch_bytes(gatun_i64 format, gatun_i64 k);

/*
 * Packs `count` rows (at most a tile) of weights into one tile; rows that it lacks become zero.
 * Tiles of F32 and F16 hold columns of 32 numbers, those of BF16 pairs of columns, row by row, a
 * last column of zeros where k is odd. The others hold, per block of the file, 32
 * half-precision scales and, in formats with minima, 32 half-precision minima, to be added; then
 * per 32 columns the small scales and small minima that multiply those, a byte each (Q2_K: half a
 * byte), 16 columns of Q2_K, Q3_K and Q6_K after the other 16; then fields in groups of four
 * columns, of row 0, of row 1, ...: a byte of nibbles carries columns c (low bits) and c + 16, one
 * of pairs of bits c, c + 4, c + 8 and c + 12; one of single bits c, c + 4, ..., c + 28. Bits
 * beyond the low four or two of a field follow those of all groups. Fields of Q8_0 are stored with
 * 128 added. MXFP4 and NVFP4 have only small scales: E8M0, UE4M3. Q1_0 and TQ1_0 are stored as
 * TQ2_0 is; the IQ formats but IQ4 as codes of three or four bits, of a magnitude and a sign.
 */
GATUN_CPU_EXPORT void gatun_cpu_pack(
    gatun_i64 format, gatun_i64 rows, gatun_i64 rowBytes, gatun_i64 count, gatun_i64 k, gatun_i64 tile);

/*
 * Prepares rows [from, to) of X [m, k] for products with weights of a format: rounds them to 8 bits
 * with a scale per block of 32, or to bfloat16, or does nothing, see gatun_cpu_row_bytes. Block
 * formats whose rows have as many bytes share one preparation.
 */
GATUN_CPU_EXPORT void gatun_cpu_prepare(
    gatun_i64 set, gatun_i64 format, gatun_i64 x, gatun_i64 k, gatun_i64 prepared, gatun_i64 from, gatun_i64 to);

/*
 * Y = X W^T for the columns of Y that tiles [fromTile, toTile) of W [n, k] give. A row's result
 * depends neither on m nor on the range of tiles.
 *
 * prepared: X [m, k] from gatun_cpu_prepare; X itself where its rows have 0 bytes; y: [m, yStride]
 */
GATUN_CPU_EXPORT void gatun_cpu_matmul(
    gatun_i64 set, gatun_i64 format, gatun_i64 tiles, gatun_i64 prepared, gatun_i64 m, gatun_i64 n, gatun_i64 k,
    gatun_i64 y, gatun_i64 yStride, gatun_i64 fromTile, gatun_i64 toTile, gatun_i64 scratch);

/* Rows [from, to) of x / sqrt(mean(x^2) + epsilon) * scale. */
GATUN_CPU_EXPORT void gatun_cpu_rms(
    gatun_i64 set, gatun_i64 x, gatun_i64 scale, gatun_i64 y, gatun_i64 columns, double epsilon,
    gatun_i64 from, gatun_i64 to);

/* Rows [from, to) of (x - mean) / sqrt(variance + epsilon) * scale + bias; bias 0 for none. */
GATUN_CPU_EXPORT void gatun_cpu_layer(
    gatun_i64 set, gatun_i64 x, gatun_i64 scale, gatun_i64 bias, gatun_i64 y, gatun_i64 columns,
    double epsilon, gatun_i64 from, gatun_i64 to);

/* Rows [from, to) of Y = A B with A [m, k] and B [k, n], or of A B^T with B [n, k]. */
GATUN_CPU_EXPORT void gatun_cpu_dense(
    gatun_i64 set, gatun_i64 a, gatun_i64 b, gatun_i64 transposed, gatun_i64 n, gatun_i64 k,
    gatun_i64 y, gatun_i64 from, gatun_i64 to);

/*
 * y [m, n] = a [m, k] b [k, n], or added to y when `add` is 1; strides in elements. Rows of b may
 * overlap. Each element is summed over k in order, with one rounding a term.
 */
GATUN_CPU_EXPORT void gatun_cpu_product(
    gatun_i64 set, gatun_i64 a, gatun_i64 aStride, gatun_i64 b, gatun_i64 bStride, gatun_i64 y,
    gatun_i64 yStride, gatun_i64 m, gatun_i64 n, gatun_i64 k, gatun_i64 add);

/*
 * Weights [out, depth] in tiles of GATUN_CPU_CHANNELS rows (the last has those that are left), rows of
 * a tile interleaved: as large as they were.
 */
GATUN_CPU_EXPORT void gatun_cpu_convolve_pack(
    gatun_i64 weights, gatun_i64 out, gatun_i64 depth, gatun_i64 packed);

/*
 * Bytes of working memory of gatun_cpu_convolve for rows by columns of results; `in` is 1 for
 * gatun_cpu_depthwise.
 */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_convolve_bytes(
    gatun_i64 windows, gatun_i64 in, gatun_i64 rows, gatun_i64 columns);

/*
 * Rows [fromRow, toRow) and columns [fromColumn, toColumn) of channels [fromChannel, toChannel) of plane
 * `plane` of a convolution. Part of a row only where the result has one row; fromChannel is a multiple
 * of GATUN_CPU_CHANNELS. Each element starts from its bias and is summed over channels of x and then
 * taps, in order, with one rounding a term; then its parts follow.
 *
 * windows: 18 int64: elements of x, elements of the result, elements of a window, strides, dilations,
 * elements of padding before; of each the three axes plane, row, column. x: [in, ..]; weights: packed,
 * [.., in * taps]; bias: per channel; y: [.., result]
 *
 * parts: `count` of them, each GATUN_CPU_PART_BYTES: int64 kind, function, flag, address of an other
 * value laid out as y; then floats factor, shift, low, high, lastFactor, lastShift.
 * CURVE: u = y factor + shift, bounded by low and then high; y = (flag ? y u : u) lastFactor + lastShift,
 * each sum of a product with one rounding. FUNCTION: of one argument. OTHER: of y and the other value, the
 * other way round with flag.
 */
GATUN_CPU_EXPORT void gatun_cpu_convolve(
    gatun_i64 set, gatun_i64 windows, gatun_i64 in, gatun_i64 x, gatun_i64 weights, gatun_i64 bias,
    gatun_i64 y, gatun_i64 parts, gatun_i64 count, gatun_i64 plane, gatun_i64 fromRow, gatun_i64 toRow,
    gatun_i64 fromColumn, gatun_i64 toColumn, gatun_i64 fromChannel, gatun_i64 toChannel,
    gatun_i64 scratch);

/*
 * The same where every channel of x has `out` channels of the result of its own; weights: [.., taps], not
 * packed; windows have one plane.
 */
GATUN_CPU_EXPORT void gatun_cpu_depthwise(
    gatun_i64 set, gatun_i64 windows, gatun_i64 out, gatun_i64 x, gatun_i64 weights, gatun_i64 bias,
    gatun_i64 y, gatun_i64 parts, gatun_i64 count, gatun_i64 fromRow, gatun_i64 toRow,
    gatun_i64 fromColumn, gatun_i64 toColumn, gatun_i64 fromChannel, gatun_i64 toChannel,
    gatun_i64 scratch);

/* y[at ..] = `parts` of x [n], as gatun_cpu_convolve does; x may be y[at ..]. */
GATUN_CPU_EXPORT void gatun_cpu_finish(
    gatun_i64 set, gatun_i64 parts, gatun_i64 count, gatun_i64 x, gatun_i64 y, gatun_i64 at, gatun_i64 n);

/* y[i] = sum, mean, maximum or minimum of row i, for rows [from, to) of x. */
GATUN_CPU_EXPORT void gatun_cpu_reduce_rows(
    gatun_i64 set, gatun_i64 function, gatun_i64 x, gatun_i64 y, gatun_i64 columns, gatun_i64 from,
    gatun_i64 to);

/*
 * Rotates elements [offset, offset + rotaryDim) of each head of rows [from, to) of x [rows, heads *
 * headDim] by the angles of [rows, rotaryDim / 2] cosines and sines; pairs are (2i, 2i + 1) when
 * interleaved, (i, i + rotaryDim / 2) otherwise. y may be x.
 */
GATUN_CPU_EXPORT void gatun_cpu_rotate(
    gatun_i64 set, gatun_i64 x, gatun_i64 cosine, gatun_i64 sine, gatun_i64 y, gatun_i64 heads,
    gatun_i64 headDim, gatun_i64 offset, gatun_i64 rotaryDim, gatun_i64 interleaved, gatun_i64 from,
    gatun_i64 to);

/* Rows [from, to) of softmax. */
GATUN_CPU_EXPORT void gatun_cpu_softmax(
    gatun_i64 set, gatun_i64 x, gatun_i64 y, gatun_i64 columns, gatun_i64 from, gatun_i64 to);

/* y[i] = f(x[i]). */
GATUN_CPU_EXPORT void gatun_cpu_unary(
    gatun_i64 set, gatun_i64 function, gatun_i64 x, gatun_i64 y, gatun_i64 count);

/* y[i] = f(a[i], b[i]). */
GATUN_CPU_EXPORT void gatun_cpu_binary(
    gatun_i64 set, gatun_i64 function, gatun_i64 a, gatun_i64 b, gatun_i64 y, gatun_i64 count);

/* y[i] = f(a[i], b), or f(b, a[i]) when reversed. */
GATUN_CPU_EXPORT void gatun_cpu_binary_scalar(
    gatun_i64 set, gatun_i64 function, gatun_i64 a, float b, gatun_i64 reversed, gatun_i64 y, gatun_i64 count);

/* y[i] = activation(gate[i]) * up[i]. */
GATUN_CPU_EXPORT void gatun_cpu_gated(
    gatun_i64 set, gatun_i64 activation, gatun_i64 gate, gatun_i64 up, gatun_i64 y, gatun_i64 count);

/* y[i] += factor * x[i]. */
GATUN_CPU_EXPORT void gatun_cpu_add_scaled(
    gatun_i64 set, gatun_i64 x, float factor, gatun_i64 y, gatun_i64 count);

/*
 * Stores one position's key (`keys` 1) or value (0) x [dim] in slot `slot` of a cache's tile of 64
 * positions. F32 and F16: keys are [dim, 64], values [64, dim]. Q8_0: signed bytes in that layout,
 * followed by half-precision scales, one per position and 32 elements of it: [ceil(dim / 32), 64]
 * for keys, [64, ceil(dim / 32)] for values.
 */
GATUN_CPU_EXPORT void gatun_cpu_store(
    gatun_i64 set, gatun_i64 type, gatun_i64 x, gatun_i64 dim, gatun_i64 tile, gatun_i64 slot,
    gatun_i64 keys);

/* A tile of F16 or Q8_0 in single precision. */
GATUN_CPU_EXPORT void gatun_cpu_load(
    gatun_i64 set, gatun_i64 type, gatun_i64 tile, gatun_i64 dim, gatun_i64 y, gatun_i64 keys);

/* s [queries, 64] = q [queries, dim] keys [dim, 64]. */
GATUN_CPU_EXPORT void gatun_cpu_scores(
    gatun_i64 set, gatun_i64 q, gatun_i64 queries, gatun_i64 keys, gatun_i64 dim, gatun_i64 s);

/* s[i] = cap tanh(s[i] / cap). */
GATUN_CPU_EXPORT void gatun_cpu_soft_cap(gatun_i64 set, gatun_i64 s, gatun_i64 count, float cap);

/*
 * One query's scores s [64] to weights: with m the larger of stats[0] and the maximum over
 * [from, to), s[j] = exp(s[j] - m) there and 0 elsewhere; sum [dim] and stats[1] are multiplied by
 * exp(stats[0] - m), stats[1] grows by the weights, stats[0] = m. Where all scores are -inf only s
 * changes.
 */
GATUN_CPU_EXPORT void gatun_cpu_weigh(
    gatun_i64 set, gatun_i64 s, gatun_i64 from, gatun_i64 to, gatun_i64 stats, gatun_i64 sum, gatun_i64 dim);

/* sums [queries, dim] += weights [queries, 64] values [64, dim], of values only [from, to). */
GATUN_CPU_EXPORT void gatun_cpu_accumulate(
    gatun_i64 set, gatun_i64 weights, gatun_i64 queries, gatun_i64 values, gatun_i64 dim, gatun_i64 from,
    gatun_i64 to, gatun_i64 sums);

/* The same with the first dim rows of keys [.., 64] as values, each a column. */
GATUN_CPU_EXPORT void gatun_cpu_accumulate_keys(
    gatun_i64 set, gatun_i64 weights, gatun_i64 queries, gatun_i64 keys, gatun_i64 dim, gatun_i64 sums);

/* Bytes of working memory of gatun_cpu_attend. */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_attend_bytes(gatun_i64 keyDim, gatun_i64 valueDim);

/*
 * Attention of a block of queries over `count` tiles of a cache, one after the other: scores, soft_cap
 * unless softcap is 0, weigh, accumulate. A query's result does not depend on the others.
 *
 * type: of the tiles; q: [queries, keyDim], scaled; ranges: two int32 per query, the first position
 * that it sees and the end, neither descending from query to query; first: position that the first
 * tile starts with; tiles: per tile two 64-bit addresses, of keys and of values (0: the values are the first valueDim
 * rows of the keys); stats [queries, 2] and sums [queries, valueDim]: running, as for weigh
 */
GATUN_CPU_EXPORT void gatun_cpu_attend(
    gatun_i64 set, gatun_i64 type, gatun_i64 q, gatun_i64 queries, gatun_i64 keyDim,
    gatun_i64 valueDim, float softcap, gatun_i64 ranges, gatun_i64 first, gatun_i64 tiles,
    gatun_i64 count, gatun_i64 stats, gatun_i64 sums, gatun_i64 scratch);

/* 1 when gatun_cpu_encode has a format, 0 otherwise. */
GATUN_CPU_EXPORT int32_t gatun_cpu_encodes(gatun_i64 format);

/*
 * Encodes rows of x [rows, columns], all finite, as blocks of a format, with the bytes of ggml's
 * quantizers built without fused products, on every processor and for every set; columns are whole
 * blocks.
 *
 * importance: a weight of at least 0 per column, or 0 for none; blocks: row after row
 */
GATUN_CPU_EXPORT void gatun_cpu_encode(
    gatun_i64 set, gatun_i64 format, gatun_i64 x, gatun_i64 rows, gatun_i64 columns,
    gatun_i64 importance, gatun_i64 blocks);

/* Reads bytes as fast as this set can; the result depends on all of them. */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_read(gatun_i64 set, gatun_i64 at, gatun_i64 bytes);

/* Bytes of the data of gatun_cpu_multiply_adds. */
#define GATUN_CPU_PEAK_BYTES 4096

/*
 * Multiplies and adds bytes as fast as this set can, of which one factor has four bits.
 *
 * data: bytes below 16, overwritten
 * returns: how many multiply-adds
 */
GATUN_CPU_EXPORT gatun_i64 gatun_cpu_multiply_adds(gatun_i64 set, gatun_i64 rounds, gatun_i64 data);

#ifdef __cplusplus
}
#endif

#endif
