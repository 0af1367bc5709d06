package dev.gatun.openvino;

import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_dimension;
import dev.gatun.openvino.generated.c.ov_partial_shape;
import dev.gatun.openvino.generated.c.ov_shape_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shapes as the C API passes them: structs by value. */
final class Shapes {
  private Shapes() {}

  /** A shape for a call, which copies it. */
  static MemorySegment of(long[] dims, SegmentAllocator allocator) {
    MemorySegment shape = ov_shape_t.allocate(allocator);
    ov_shape_t.rank(shape, dims.length);
    ov_shape_t.dims(
        shape,
        dims.length == 0
            ? MemorySegment.NULL
            : allocator.allocateFrom(ValueLayout.JAVA_LONG, dims));
    return shape;
  }

  /** The dims of a shape that a call filled, which is freed. */
  static long[] take(MemorySegment shape) {
    try {
      int rank = Math.toIntExact(ov_shape_t.rank(shape));
      return rank == 0
          ? new long[0]
          : Pointers.view(ov_shape_t.dims(shape), 8L * rank).toArray(ValueLayout.JAVA_LONG);
    } finally {
      Status.check("ov_shape_free", c_h.ov_shape_free(shape));
    }
  }

  /** Bounds of a port's dimensions. */
  static Optional<List<Port.Range>> ofPort(MemorySegment port) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment shape = ov_partial_shape.allocate(arena);
      Status.check("ov_port_get_partial_shape", c_h.ov_port_get_partial_shape(port, shape));
      try {
        MemorySegment rank = ov_partial_shape.rank(shape);
        if (ov_dimension.min(rank) != ov_dimension.max(rank)) {
          return Optional.empty();
        }
        int count = Math.toIntExact(ov_dimension.min(rank));
        var dims = new ArrayList<Port.Range>();
        if (count > 0) {
          MemorySegment array =
              Pointers.view(ov_partial_shape.dims(shape), count * ov_dimension.sizeof());
          for (int i = 0; i < count; i++) {
            MemorySegment dim = ov_dimension.asSlice(array, i);
            dims.add(new Port.Range(ov_dimension.min(dim), ov_dimension.max(dim)));
          }
        }
        return Optional.of(List.copyOf(dims));
      } finally {
        c_h.ov_partial_shape_free(shape);
      }
    }
  }

  /**
   * Fills {@code target}, a partial shape, with fixed or open bounds; memory is the allocator's.
   */
  static void fill(MemorySegment target, List<Port.Range> dims, SegmentAllocator allocator) {
    MemorySegment rank = ov_partial_shape.rank(target);
    ov_dimension.min(rank, dims.size());
    ov_dimension.max(rank, dims.size());
    MemorySegment array = allocator.allocate(Math.max(1, dims.size()) * ov_dimension.sizeof(), 8);
    for (int i = 0; i < dims.size(); i++) {
      MemorySegment dim = ov_dimension.asSlice(array, i);
      ov_dimension.min(dim, dims.get(i).min());
      ov_dimension.max(dim, dims.get(i).max());
    }
    ov_partial_shape.dims(target, array);
  }
}
