package dev.gatun.onnxruntimebackend;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * An input, output or observed value of a session: its memory, its sizes in the submission that
 * runs, and the vendor's view of both, which is made anew only when one of them has changed.
 */
final class Slot implements AutoCloseable {
  /** Up to this size memory is taken when a session opens; else when it is needed. */
  private static final long EAGER_BYTES = 1L << 30;

  final Value value;
  final DType dtype;
  final Sizes.Extent[] extents;
  final SessionBuffer own;

  /** Whether an input is an output too: its buffer must hold what is given. */
  boolean passedThrough;

  /** Sizes in the submission that runs, {@link Sizes#UNKNOWN} where only the result will tell. */
  final long[] dims;

  private Buffer bound;
  private OrtTensor tensor;
  private MemorySegment shown = MemorySegment.NULL;
  private final long[] shownDims;

  Slot(Value value, Sizes sizes, String device) {
    this.value = value;
    dtype = value.type().dtype();
    extents = value.type().dims().stream().map(sizes::extent).toArray(Sizes.Extent[]::new);
    own = new SessionBuffer(device);
    dims = new long[extents.length];
    shownDims = new long[extents.length];
    Arrays.fill(dims, Sizes.UNKNOWN);
  }

  /**
   * Takes memory for the largest sizes, where that is little enough.
   *
   * @param limit the largest size of an extent
   */
  void reserve(java.util.function.ToLongFunction<Dim> limit) {
    try {
      long bytes = dtype.blockBytes();
      for (Dim dim : value.type().dims()) {
        bytes = Math.multiplyExact(bytes, Math.max(1, limit.applyAsLong(dim)));
      }
      if (bytes <= EAGER_BYTES) {
        own.atLeast(bytes);
      }
    } catch (ArithmeticException e) {
      // More than any machine has: it will be taken as needed.
    }
  }

  Buffer buffer() {
    return bound == null ? own : bound;
  }

  /** Uses another buffer from now on. */
  void bind(Buffer buffer) {
    if (buffer.hostView().filter(MemorySegment::isNative).isEmpty()) {
      throw new BackendException("'" + value.name() + "' needs a buffer in native host memory");
    }
    bound = buffer;
  }

  /** Resolves the sizes; whether all are known. */
  boolean resolve(Sizes sizes) {
    boolean known = true;
    for (int axis = 0; axis < extents.length; axis++) {
      dims[axis] = sizes.of(extents[axis]);
      known &= dims[axis] != Sizes.UNKNOWN;
    }
    return known;
  }

  /** Bytes at the sizes of the submission. */
  long bytes() {
    long elements = 1;
    for (long dim : dims) {
      elements = Math.multiplyExact(elements, dim);
    }
    return dtype.byteSize(elements);
  }

  /** Memory for the sizes of the submission: the bound buffer, else the session's own. */
  MemorySegment memory() {
    long bytes = bytes();
    if (bound == null) {
      return own.atLeast(bytes);
    }
    MemorySegment memory = bound.hostView().orElseThrow();
    if (memory.byteSize() < bytes) {
      throw new BackendException(
          "the buffer bound to '%s' has %d bytes, and %d are needed"
              .formatted(value.name(), memory.byteSize(), bytes));
    }
    return memory;
  }

  /**
   * The vendor's view of memory at the sizes of the submission.
   *
   * @return a new view, to be bound; null when the last one still fits
   */
  OrtTensor view(OrtEnvironment environment, MemorySegment memory) {
    if (tensor != null
        && shown.address() == memory.address()
        && shown.byteSize() == memory.byteSize()
        && Arrays.equals(shownDims, dims)) {
      return null;
    }
    OrtTensor fresh = environment.tensor(dtype, dims, memory);
    forget();
    tensor = fresh;
    shown = memory;
    System.arraycopy(dims, 0, shownDims, 0, dims.length);
    return fresh;
  }

  /** Drops the vendor's view: the next one is bound anew. */
  void forget() {
    if (tensor != null) {
      tensor.close();
      tensor = null;
    }
  }

  /** Takes the sizes that the result has. */
  void take(long[] actual) {
    if (actual.length != dims.length) {
      throw new BackendException(
          "'%s' is %s, and came out as %s"
              .formatted(value.name(), value.type(), Arrays.toString(actual)));
    }
    System.arraycopy(actual, 0, dims, 0, dims.length);
  }

  Shape shape() {
    for (long dim : dims) {
      if (dim == Sizes.UNKNOWN) {
        throw new BackendException("'" + value.name() + "' has no shape before the first run");
      }
    }
    return Shape.of(dims);
  }

  /** Whether the first extent is this symbol, alone. */
  boolean leadBy(String symbol) {
    List<Dim> all = value.type().dims();
    return !all.isEmpty() && all.getFirst() instanceof Dim.Symbol s && s.name().equals(symbol);
  }

  @Override
  public void close() {
    forget();
    own.close();
  }
}
