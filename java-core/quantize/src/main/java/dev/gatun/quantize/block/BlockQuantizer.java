package dev.gatun.quantize.block;

import dev.gatun.runtime.BlockEncoders;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Objects;

/**
 * Quantizes rows of single-precision numbers to one {@link DType}, with or without an importance
 * for each column. Deterministic: the same bytes on every machine and with any number of threads,
 * those of ggml's {@code ggml_quantize_chunk} built without fused multiply-add.
 *
 * <p>Instances hold no state and may be shared between threads; rows are independent, so that a
 * caller may divide a tensor by rows among threads in any way.
 */
public abstract class BlockQuantizer {
  private static final int EXPONENT = 0x7f80_0000;

  private final DType dtype;

  BlockQuantizer(DType dtype) {
    this.dtype = dtype;
  }

  /**
   * The quantizer of a type: a backend's kernels where they have it, else {@link #scalar}. Both
   * write the same bytes. The setting {@link BlockEncoders#SETTING} decides otherwise.
   *
   * @throws IllegalArgumentException when the type cannot be quantized to
   */
  public static BlockQuantizer of(DType dtype) {
    return KernelQuantizer.found()
        .encoder()
        .filter(kernels -> kernels.encodes(dtype))
        .<BlockQuantizer>map(kernels -> new KernelQuantizer(dtype, kernels))
        .orElseGet(() -> scalar(dtype));
  }

  /**
   * The quantizer of a type in Java: the twin of all others.
   *
   * @throws IllegalArgumentException when the type cannot be quantized to
   */
  public static BlockQuantizer scalar(DType dtype) {
    return switch (dtype) {
      case Q4_0, Q4_1, Q5_0, Q5_1 -> new WeightedQuantizer(dtype);
      case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS -> new WeightedQuantizer(dtype);
      case IQ3_XXS, IQ3_S, IQ2_XXS, IQ2_XS, IQ2_S, IQ1_S, IQ1_M -> new WeightedQuantizer(dtype);
      case MXFP4, NVFP4, TQ1_0, TQ2_0, Q1_0, Q2_0 -> new WeightedQuantizer(dtype);
      default -> {
        if (!BlockFormat.of(dtype).canEncode()) {
          throw new IllegalArgumentException("cannot quantize to " + dtype);
        }
        yield new PlainQuantizer(dtype);
      }
    };
  }

  /** Why no faster encoders than those in Java are used, one sentence each; empty when some are. */
  public static List<String> missingKernels() {
    BlockEncoders found = KernelQuantizer.found();
    return found.encoder().isPresent() ? List.of() : found.failures();
  }

  /** Whose encoder this is: {@code java}, or the name of a backend's kernels. */
  public String encoder() {
    return "java";
  }

  /** The type that this quantizer writes. */
  public final DType dtype() {
    return dtype;
  }

  /** Whether an importance changes the result. */
  public boolean usesImportance() {
    return switch (dtype) {
      case Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K -> true;
      case IQ4_NL, IQ4_XS, IQ3_XXS, IQ3_S, IQ2_XXS, IQ2_XS, IQ2_S, IQ1_S, IQ1_M -> true;
      default -> false;
    };
  }

  /** Whether this type cannot be quantized to without an importance. */
  public boolean needsImportance() {
    return dtype == DType.IQ2_XXS || dtype == DType.IQ2_XS || dtype == DType.IQ1_S;
  }

  /**
   * Quantizes rows. Allocates scratch for one call, nothing for a row or a block.
   *
   * <p>A finite number may still be too large for a type's binary16 scale, which is then stored as
   * infinite, as ggml does.
   *
   * @param src {@code rows * rowLength} numbers from {@code srcOffset}; all finite
   * @param rowLength a whole number of blocks
   * @param importance one weight per column, at least {@code rowLength}, finite and not negative;
   *     null for none. Ignored where {@link #usesImportance()} is false
   * @param dst the blocks, from {@code dstOffset}
   * @throws GatunException when a number is NaN or infinite and the type has blocks, which cannot
   *     store it, or when an importance is NaN, infinite or negative; the message names row and
   *     column
   * @throws IllegalArgumentException when the row is not whole blocks, or when there is no
   *     importance for a type that needs it
   * @throws IndexOutOfBoundsException when an array is too short
   */
  public final void quantize(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset) {
    long rowBytes = dtype.byteSize(rowLength);
    Objects.checkFromIndexSize((long) srcOffset, (long) rows * rowLength, (long) src.length);
    Objects.checkFromIndexSize((long) dstOffset, rows * rowBytes, (long) dst.length);
    float[] used = usesImportance() ? importance : null;
    if (used == null && needsImportance()) {
      throw new IllegalArgumentException(dtype + " needs an importance for each column");
    }
    if (used != null) {
      Objects.checkFromIndexSize(0, rowLength, used.length);
      requireImportance(used, rowLength);
    }
    if (dtype.isBlocked()) {
      requireFinite(src, srcOffset, rows, rowLength);
    }
    if (rowLength > 0) {
      encode(src, srcOffset, rows, rowLength, used, dst, dstOffset);
    }
  }

  /** As {@link #quantize}, with everything checked and the importance null where it is not used. */
  abstract void encode(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset);

  private void requireFinite(float[] src, int from, int rows, int rowLength) {
    int end = from + rows * rowLength;
    int largest = 0;
    for (int i = from; i < end; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(src[i]) & Integer.MAX_VALUE);
    }
    if (largest < EXPONENT) {
      return;
    }
    for (int i = from; i < end; i++) {
      if (!Float.isFinite(src[i])) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "row %d, column %d is %s, which %s cannot store; the source is damaged or was trained wrongly"
                .formatted((i - from) / rowLength, (i - from) % rowLength, src[i], dtype));
      }
    }
  }

  private static void requireImportance(float[] importance, int columns) {
    for (int i = 0; i < columns; i++) {
      if (!(importance[i] >= 0 && importance[i] <= Float.MAX_VALUE)) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "the importance of column %d is %s; it must be finite and not negative"
                .formatted(i, importance[i]));
      }
    }
  }
}
