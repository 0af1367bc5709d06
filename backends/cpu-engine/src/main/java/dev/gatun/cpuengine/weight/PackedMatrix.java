package dev.gatun.cpuengine.weight;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A constant matrix in the layout of one kernel. Shared by the executables that {@link WeightStore}
 * gave it to; usable once the store has packed it.
 */
public final class PackedMatrix {
  private final MatMulKernel kernel;
  private final int n;
  private final int k;
  private Tensor source;
  private final boolean transposed;
  private MemorySegment packed;
  private int owners;

  PackedMatrix(MatMulKernel kernel, Tensor source, boolean transposed) {
    this.kernel = kernel;
    this.source = source;
    this.transposed = transposed;
    n = Math.toIntExact(source.shape().dim(transposed ? 1 : 0));
    k = Math.toIntExact(source.shape().dim(transposed ? 0 : 1));
  }

  /** Rows of the matrix: columns of the product. */
  public int n() {
    return n;
  }

  /** Length of a row. */
  public int k() {
    return k;
  }

  /** Size in packed form. */
  public long bytes() {
    return kernel.packedBytes(n, k);
  }

  public MemorySegment packed() {
    return packed;
  }

  int tiles() {
    return (n + kernel.tileRows() - 1) / kernel.tileRows();
  }

  boolean isPacked() {
    return source == null;
  }

  /**
   * Takes memory for the packed form.
   *
   * @param memory of {@link #bytes}, zero
   */
  void place(MemorySegment memory) {
    packed = memory;
  }

  /** Decodes a matrix that is stored transposed. */
  void turn(Arena arena) {
    if (transposed) {
      source = Transposing.transpose(source, arena);
    }
  }

  void pack(int fromTile, int toTile) {
    kernel.pack(source, packed, fromTile, toTile);
  }

  /** Forgets the source, so that its pages of the file need not stay in memory. */
  void packed(boolean unload) {
    if (unload && !transposed && source.data().isMapped()) {
      source.data().unload();
    }
    source = null;
  }

  void acquire() {
    owners++;
  }

  /** Returns whether the last owner is gone. */
  boolean release() {
    return --owners == 0;
  }
}
