package dev.gatun.cpu;

import dev.gatun.cpu.generated.kernels.kernels_h;

/**
 * The kernels of {@code gatun_cpu.h} for one instruction set; the header says what each computes.
 * Parameters are addresses of native memory and counts. Nothing is checked: callers check whole
 * ranges, and keep the memory alive. Thread-safe on disjoint outputs.
 */
public final class CpuKernels {
  /** Formats of weights. */
  public static final int Q4_0 = kernels_h.GATUN_CPU_Q4_0();

  public static final int Q4_1 = kernels_h.GATUN_CPU_Q4_1();
  public static final int Q8_0 = kernels_h.GATUN_CPU_Q8_0();
  public static final int Q5_0 = kernels_h.GATUN_CPU_Q5_0();
  public static final int Q5_1 = kernels_h.GATUN_CPU_Q5_1();
  public static final int Q2_K = kernels_h.GATUN_CPU_Q2_K();
  public static final int Q3_K = kernels_h.GATUN_CPU_Q3_K();
  public static final int Q4_K = kernels_h.GATUN_CPU_Q4_K();
  public static final int Q5_K = kernels_h.GATUN_CPU_Q5_K();
  public static final int Q6_K = kernels_h.GATUN_CPU_Q6_K();
  public static final int IQ4_NL = kernels_h.GATUN_CPU_IQ4_NL();
  public static final int IQ4_XS = kernels_h.GATUN_CPU_IQ4_XS();
  public static final int F32 = kernels_h.GATUN_CPU_F32();
  public static final int F16 = kernels_h.GATUN_CPU_F16();
  public static final int BF16 = kernels_h.GATUN_CPU_BF16();
  public static final int MXFP4 = kernels_h.GATUN_CPU_MXFP4();
  public static final int NVFP4 = kernels_h.GATUN_CPU_NVFP4();
  public static final int Q1_0 = kernels_h.GATUN_CPU_Q1_0();
  public static final int Q2_0 = kernels_h.GATUN_CPU_Q2_0();
  public static final int TQ1_0 = kernels_h.GATUN_CPU_TQ1_0();
  public static final int TQ2_0 = kernels_h.GATUN_CPU_TQ2_0();
  public static final int IQ1_S = kernels_h.GATUN_CPU_IQ1_S();
  public static final int IQ1_M = kernels_h.GATUN_CPU_IQ1_M();
  public static final int IQ2_XXS = kernels_h.GATUN_CPU_IQ2_XXS();
  public static final int IQ2_XS = kernels_h.GATUN_CPU_IQ2_XS();
  public static final int IQ2_S = kernels_h.GATUN_CPU_IQ2_S();
  public static final int IQ3_XXS = kernels_h.GATUN_CPU_IQ3_XXS();
  public static final int IQ3_S = kernels_h.GATUN_CPU_IQ3_S();

  public static final int PEAK_BYTES = kernels_h.GATUN_CPU_PEAK_BYTES();
  public static final int TILE_ROWS = kernels_h.GATUN_CPU_TILE_ROWS();

  public static final int NEG = kernels_h.GATUN_CPU_NEG();
  public static final int ABS = kernels_h.GATUN_CPU_ABS();
  public static final int EXP = kernels_h.GATUN_CPU_EXP();
  public static final int RECIPROCAL = kernels_h.GATUN_CPU_RECIPROCAL();
  public static final int SIGMOID = kernels_h.GATUN_CPU_SIGMOID();
  public static final int TANH = kernels_h.GATUN_CPU_TANH();
  public static final int SILU = kernels_h.GATUN_CPU_SILU();
  public static final int GELU_TANH = kernels_h.GATUN_CPU_GELU_TANH();
  public static final int RELU = kernels_h.GATUN_CPU_RELU();
  public static final int SQRT = kernels_h.GATUN_CPU_SQRT();
  public static final int ERF = kernels_h.GATUN_CPU_ERF();
  public static final int GELU = kernels_h.GATUN_CPU_GELU();
  public static final int ADD = kernels_h.GATUN_CPU_ADD();
  public static final int SUB = kernels_h.GATUN_CPU_SUB();
  public static final int MUL = kernels_h.GATUN_CPU_MUL();
  public static final int DIV = kernels_h.GATUN_CPU_DIV();
  public static final int MAX = kernels_h.GATUN_CPU_MAX();
  public static final int MIN = kernels_h.GATUN_CPU_MIN();

  /** Channels of a tile of packed weights of a convolution. */
  public static final int CHANNELS = kernels_h.GATUN_CPU_CHANNELS();

  /** Parts of what follows a convolution. */
  public static final int CURVE = kernels_h.GATUN_CPU_CURVE();

  public static final int FUNCTION = kernels_h.GATUN_CPU_FUNCTION();
  public static final int OTHER = kernels_h.GATUN_CPU_OTHER();
  public static final int PART_BYTES = kernels_h.GATUN_CPU_PART_BYTES();

  /** Reductions of rows. */
  public static final int ROW_SUM = kernels_h.GATUN_CPU_ROW_SUM();

  public static final int ROW_MEAN = kernels_h.GATUN_CPU_ROW_MEAN();
  public static final int ROW_MAX = kernels_h.GATUN_CPU_ROW_MAX();
  public static final int ROW_MIN = kernels_h.GATUN_CPU_ROW_MIN();

  /** How a cache stores keys and values. */
  public static final int STATE_F32 = kernels_h.GATUN_CPU_STATE_F32();

  public static final int STATE_F16 = kernels_h.GATUN_CPU_STATE_F16();
  public static final int STATE_Q8_0 = kernels_h.GATUN_CPU_STATE_Q8_0();

  private final InstructionSet instructions;
  private final long set;

  CpuKernels(InstructionSet instructions) {
    this.instructions = instructions;
    set = instructions.code();
  }

  public InstructionSet instructions() {
    return instructions;
  }

  /** See {@code gatun_cpu_tile_bytes}. */
  public long tileBytes(long format, long k) {
    return kernels_h.gatun_cpu_tile_bytes(format, k);
  }

  /** See {@code gatun_cpu_row_bytes}. */
  public long rowBytes(long format, long k) {
    return kernels_h.gatun_cpu_row_bytes(set, format, k);
  }

  /** See {@code gatun_cpu_scratch_bytes}. */
  public long scratchBytes(long format, long k) {
    return kernels_h.gatun_cpu_scratch_bytes(format, k);
  }

  /** See {@code gatun_cpu_pack}. */
  public void pack(long format, long rows, long rowBytes, long count, long k, long tile) {
    kernels_h.gatun_cpu_pack(format, rows, rowBytes, count, k, tile);
  }

  /** See {@code gatun_cpu_encodes}. */
  public boolean encodes(long format) {
    return kernels_h.gatun_cpu_encodes(format) == 1;
  }

  /** See {@code gatun_cpu_encode}. */
  public void encode(long format, long x, long rows, long columns, long importance, long blocks) {
    kernels_h.gatun_cpu_encode(set, format, x, rows, columns, importance, blocks);
  }

  /** See {@code gatun_cpu_prepare}. */
  public void prepare(long format, long x, long k, long prepared, long from, long to) {
    kernels_h.gatun_cpu_prepare(set, format, x, k, prepared, from, to);
  }

  /** See {@code gatun_cpu_matmul}. */
  public void matMul(
      long format,
      long tiles,
      long prepared,
      long m,
      long n,
      long k,
      long y,
      long yStride,
      long fromTile,
      long toTile,
      long scratch) {
    kernels_h.gatun_cpu_matmul(
        set, format, tiles, prepared, m, n, k, y, yStride, fromTile, toTile, scratch);
  }

  /** See {@code gatun_cpu_rms}. */
  public void rms(long x, long scale, long y, long columns, double epsilon, long from, long to) {
    kernels_h.gatun_cpu_rms(set, x, scale, y, columns, epsilon, from, to);
  }

  /** See {@code gatun_cpu_layer}. */
  public void layer(
      long x, long scale, long bias, long y, long columns, double epsilon, long from, long to) {
    kernels_h.gatun_cpu_layer(set, x, scale, bias, y, columns, epsilon, from, to);
  }

  /** See {@code gatun_cpu_dense}. */
  public void dense(long a, long b, long transposed, long n, long k, long y, long from, long to) {
    kernels_h.gatun_cpu_dense(set, a, b, transposed, n, k, y, from, to);
  }

  /** See {@code gatun_cpu_product}. */
  public void product(
      long a,
      long aStride,
      long b,
      long bStride,
      long y,
      long yStride,
      long m,
      long n,
      long k,
      long add) {
    kernels_h.gatun_cpu_product(set, a, aStride, b, bStride, y, yStride, m, n, k, add);
  }

  /** See {@code gatun_cpu_convolve_pack}. */
  public void convolvePack(long weights, long out, long depth, long packed) {
    kernels_h.gatun_cpu_convolve_pack(weights, out, depth, packed);
  }

  /** See {@code gatun_cpu_convolve_bytes}. */
  public long convolveBytes(long windows, long in, long rows, long columns) {
    return kernels_h.gatun_cpu_convolve_bytes(windows, in, rows, columns);
  }

  /** See {@code gatun_cpu_convolve}. */
  public void convolve(
      long windows,
      long in,
      long x,
      long weights,
      long bias,
      long y,
      long parts,
      long count,
      long plane,
      long fromRow,
      long toRow,
      long fromColumn,
      long toColumn,
      long fromChannel,
      long toChannel,
      long scratch) {
    kernels_h.gatun_cpu_convolve(
        set,
        windows,
        in,
        x,
        weights,
        bias,
        y,
        parts,
        count,
        plane,
        fromRow,
        toRow,
        fromColumn,
        toColumn,
        fromChannel,
        toChannel,
        scratch);
  }

  /** See {@code gatun_cpu_depthwise}. */
  public void depthwise(
      long windows,
      long out,
      long x,
      long weights,
      long bias,
      long y,
      long parts,
      long count,
      long fromRow,
      long toRow,
      long fromColumn,
      long toColumn,
      long fromChannel,
      long toChannel,
      long scratch) {
    kernels_h.gatun_cpu_depthwise(
        set,
        windows,
        out,
        x,
        weights,
        bias,
        y,
        parts,
        count,
        fromRow,
        toRow,
        fromColumn,
        toColumn,
        fromChannel,
        toChannel,
        scratch);
  }

  /** See {@code gatun_cpu_finish}. */
  public void finish(long parts, long count, long x, long y, long at, long n) {
    kernels_h.gatun_cpu_finish(set, parts, count, x, y, at, n);
  }

  /** See {@code gatun_cpu_reduce_rows}. */
  public void reduceRows(long function, long x, long y, long columns, long from, long to) {
    kernels_h.gatun_cpu_reduce_rows(set, function, x, y, columns, from, to);
  }

  /** See {@code gatun_cpu_rotate}. */
  public void rotate(
      long x,
      long cosine,
      long sine,
      long y,
      long heads,
      long headDim,
      long offset,
      long rotaryDim,
      long interleaved,
      long from,
      long to) {
    kernels_h.gatun_cpu_rotate(
        set, x, cosine, sine, y, heads, headDim, offset, rotaryDim, interleaved, from, to);
  }

  /** See {@code gatun_cpu_softmax}. */
  public void softmax(long x, long y, long columns, long from, long to) {
    kernels_h.gatun_cpu_softmax(set, x, y, columns, from, to);
  }

  /** See {@code gatun_cpu_unary}. */
  public void unary(long function, long x, long y, long count) {
    kernels_h.gatun_cpu_unary(set, function, x, y, count);
  }

  /** See {@code gatun_cpu_binary}. */
  public void binary(long function, long a, long b, long y, long count) {
    kernels_h.gatun_cpu_binary(set, function, a, b, y, count);
  }

  /** See {@code gatun_cpu_binary_scalar}. */
  public void binaryScalar(long function, long a, float b, long reversed, long y, long count) {
    kernels_h.gatun_cpu_binary_scalar(set, function, a, b, reversed, y, count);
  }

  /** See {@code gatun_cpu_gated}. */
  public void gated(long activation, long gate, long up, long y, long count) {
    kernels_h.gatun_cpu_gated(set, activation, gate, up, y, count);
  }

  /** See {@code gatun_cpu_add_scaled}. */
  public void addScaled(long x, float factor, long y, long count) {
    kernels_h.gatun_cpu_add_scaled(set, x, factor, y, count);
  }

  /** See {@code gatun_cpu_store}. */
  public void store(long type, long x, long dim, long tile, long slot, long keys) {
    kernels_h.gatun_cpu_store(set, type, x, dim, tile, slot, keys);
  }

  /** See {@code gatun_cpu_load}. */
  public void load(long type, long tile, long dim, long y, long keys) {
    kernels_h.gatun_cpu_load(set, type, tile, dim, y, keys);
  }

  /** See {@code gatun_cpu_scores}. */
  public void scores(long q, long queries, long keys, long dim, long s) {
    kernels_h.gatun_cpu_scores(set, q, queries, keys, dim, s);
  }

  /** See {@code gatun_cpu_soft_cap}. */
  public void softCap(long s, long count, float cap) {
    kernels_h.gatun_cpu_soft_cap(set, s, count, cap);
  }

  /** See {@code gatun_cpu_weigh}. */
  public void weigh(long s, long from, long to, long stats, long sum, long dim) {
    kernels_h.gatun_cpu_weigh(set, s, from, to, stats, sum, dim);
  }

  /** See {@code gatun_cpu_accumulate}. */
  public void accumulate(
      long weights, long queries, long values, long dim, long from, long to, long sums) {
    kernels_h.gatun_cpu_accumulate(set, weights, queries, values, dim, from, to, sums);
  }

  /** See {@code gatun_cpu_accumulate_keys}. */
  public void accumulateKeys(long weights, long queries, long keys, long dim, long sums) {
    kernels_h.gatun_cpu_accumulate_keys(set, weights, queries, keys, dim, sums);
  }

  /** See {@code gatun_cpu_attend_bytes}. */
  public long attendBytes(long keyDim, long valueDim) {
    return kernels_h.gatun_cpu_attend_bytes(keyDim, valueDim);
  }

  /** See {@code gatun_cpu_attend}. */
  public void attend(
      long type,
      long q,
      long queries,
      long keyDim,
      long valueDim,
      float softcap,
      long ranges,
      long first,
      long tiles,
      long count,
      long stats,
      long sums,
      long scratch) {
    kernels_h.gatun_cpu_attend(
        set, type, q, queries, keyDim, valueDim, softcap, ranges, first, tiles, count, stats, sums,
        scratch);
  }

  /** See {@code gatun_cpu_read}. */
  public long read(long at, long bytes) {
    return kernels_h.gatun_cpu_read(set, at, bytes);
  }

  /** See {@code gatun_cpu_multiply_adds}. */
  public long multiplyAdds(long rounds, long data) {
    return kernels_h.gatun_cpu_multiply_adds(set, rounds, data);
  }
}
