package dev.gatun.quantize.gguf;

import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/** Rows of a tensor that are mapped until nobody uses them any more. Thread-safe. */
final class Slab {
  private final Arena arena;
  private final Tensor rows;
  private final long first;
  private final AtomicInteger users = new AtomicInteger(1);

  private Slab(Arena arena, Tensor rows, long first) {
    this.arena = arena;
    this.rows = rows;
    this.first = first;
  }

  /** Maps rows; the caller is their first user. */
  static Slab map(ModelSource source, String tensor, long first, long count) {
    Arena arena = Arena.ofShared();
    try {
      return new Slab(arena, source.rows(tensor, first, count, arena), first);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
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

  void retain() {
    users.incrementAndGet();
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      arena.close();
    }
  }
}
