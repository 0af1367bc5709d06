package dev.gatun.testkit.cases;

import dev.gatun.graph.op.Array;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded data. Values are exact in single precision, so that device and reference see the same. */
public final class Data {
  /** GGUF aligns tensors to 32 bytes, which is what weights in a mapped file have. */
  private static final int WEIGHT_ALIGNMENT = 32;

  private static final int POOL_BLOCKS = 24;

  /** A block whose largest magnitude lies in between is used. */
  private static final double SMALLEST_BLOCK = 0.05;

  private static final double LARGEST_BLOCK = 8;

  private final Random random;

  /** The same name gives the same data. */
  public Data(String name) {
    random = new Random(name.hashCode());
  }

  /** Standard normal values. */
  public Array normal(long... dims) {
    return deviating(1, dims);
  }

  /** Normal values with this deviation. */
  public Array deviating(double deviation, long... dims) {
    Shape shape = Shape.of(dims);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return new Array(DType.F32, shape, values);
  }

  /** Values spread evenly over a range. */
  public Array uniform(double from, double to, long... dims) {
    Shape shape = Shape.of(dims);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(from, to);
    }
    return new Array(DType.F32, shape, values);
  }

  /** Integers from 0 to {@code limit - 1}. */
  public Array integers(DType dtype, int limit, long... dims) {
    Shape shape = Shape.of(dims);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(limit);
    }
    return new Array(dtype, shape, values);
  }

  public int integer(int limit) {
    return random.nextInt(limit);
  }

  /** The values as they are, F32. */
  public static Array floats(double... values) {
    return Array.ofFloats(Shape.of(values.length), values);
  }

  /**
   * Weights whose dot products with normal values have about the values' size, in any format: F32,
   * F16 and BF16 are rounded normal values, blocks are random bytes that decode to finite values.
   */
  public Tensor weights(DType dtype, long... dims) {
    Shape shape = Shape.of(dims);
    if (dtype.isBlocked()) {
      return blocks(dtype, shape, SMALLEST_BLOCK, LARGEST_BLOCK);
    }
    Array values = deviating(1 / Math.sqrt((double) Math.max(1, shape.rowLength())), dims);
    return tensor(new Array(dtype, shape, values.values()));
  }

  /**
   * Weights with the deviation that keeps activations at their size from layer to layer: normal
   * values, encoded where there is an encoder, else random blocks of small values.
   */
  public Tensor modelWeights(DType dtype, long... dims) {
    if (!dtype.isBlocked()) {
      return weights(dtype, dims);
    }
    Shape shape = Shape.of(dims);
    double deviation = 1 / Math.sqrt((double) shape.rowLength());
    BlockFormat format = BlockFormat.of(dtype);
    if (!format.canEncode()) {
      return blocks(dtype, shape, deviation, 4 * deviation);
    }
    double[] values = deviating(deviation, dims).values();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    MemorySegment memory = allocate(dtype.byteSize(shape.elements()));
    format.encode(floats, 0, memory, 0, floats.length);
    return new Tensor(dtype, shape, memory);
  }

  /** A vector of F32 weights near 1: scales of norms. */
  public Tensor scales(int n) {
    Array values = deviating(0.2, n);
    for (int i = 0; i < n; i++) {
      values.values()[i] = (float) (values.values()[i] + 1);
    }
    return tensor(values);
  }

  /** The array in native memory of exactly its size. */
  public static Tensor tensor(Array array) {
    MemorySegment memory = allocate(array.byteSize());
    array.store(memory, 0);
    return new Tensor(array.dtype(), array.shape(), memory);
  }

  private Tensor blocks(DType dtype, Shape shape, double smallest, double largest) {
    List<byte[]> pool = new ArrayList<>();
    while (pool.size() < POOL_BLOCKS) {
      pool.add(block(dtype, smallest, largest));
    }
    long bytes = dtype.byteSize(shape.elements());
    MemorySegment memory = allocate(bytes);
    for (long at = 0; at < bytes; at += dtype.blockBytes()) {
      byte[] block = pool.get(random.nextInt(POOL_BLOCKS));
      MemorySegment.copy(MemorySegment.ofArray(block), 0, memory, at, block.length);
    }
    return new Tensor(dtype, shape, memory);
  }

  /** Random bytes, until the largest magnitude that they decode to lies in between. */
  private byte[] block(DType dtype, double smallest, double largest) {
    byte[] bytes = new byte[dtype.blockBytes()];
    float[] decoded = new float[dtype.blockElements()];
    while (true) {
      random.nextBytes(bytes);
      BlockFormat.of(dtype).decode(bytes, 0, decoded, 0, decoded.length);
      double max = 0;
      for (float x : decoded) {
        max = Float.isFinite(x) ? Math.max(max, Math.abs(x)) : Double.POSITIVE_INFINITY;
      }
      if (max >= smallest && max <= largest) {
        return bytes;
      }
    }
  }

  private static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(Math.max(1, bytes), WEIGHT_ALIGNMENT).asSlice(0, bytes);
  }
}
