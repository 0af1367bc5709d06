package dev.gatun.quantize.gguf;

import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/** Rows of a tensor that are mapped while anybody uses their {@link Lease}. Thread-safe. */
record Slab(Lease lease, Tensor rows, long first) {
  /**
   * What several slabs are mapped in, until nobody uses it any more. Closing such an arena waits
   * for every thread of the process, so that small tensors share one.
   */
  static final class Lease {
    private final Arena arena = Arena.ofShared();
    private final AtomicInteger users = new AtomicInteger(1);

    /** Another user beside the first, who made it. */
    void retain() {
      users.incrementAndGet();
    }

    void release() {
      if (users.decrementAndGet() == 0) {
        arena.close();
      }
    }
  }

  /** Maps rows. */
  static Slab map(ModelSource source, String tensor, long first, long count, Lease lease) {
    return new Slab(lease, source.rows(tensor, first, count, lease.arena), first);
  }

  /** The row after the last. */
  long end() {
    return first + rows.shape().dim(0);
  }

  /** A view of some rows, counted in the whole tensor. */
  Tensor rows(long from, long count) {
    long bytes = rows.rowBytes();
    return new Tensor(
        rows.dtype(),
        Shape.of(count, rows.shape().rowLength()),
        rows.data().asSlice((from - first) * bytes, count * bytes));
  }
}
