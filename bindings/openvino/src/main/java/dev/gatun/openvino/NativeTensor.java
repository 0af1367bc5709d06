package dev.gatun.openvino;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_shape_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A tensor of OpenVINO: over the caller's memory, or over a request's own. */
public final class NativeTensor implements AutoCloseable {
  private final NativeHandle handle;

  private NativeTensor(NativeHandle handle) {
    this.handle = handle;
  }

  static NativeTensor over(
      LiveHandles handles, ElementType type, long[] shape, MemorySegment memory) {
    long elements = 1;
    for (long dim : shape) {
      elements = Math.multiplyExact(elements, dim);
    }
    long bytes = Math.multiplyExact(elements, (long) type.bytes());
    if (!memory.isNative() || memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "a tensor takes %d bytes of native memory, not %s".formatted(bytes, memory));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_tensor_create_from_host_ptr",
          c_h.ov_tensor_create_from_host_ptr(type.code(), Shapes.of(shape, arena), memory, holder));
      return own(handles, holder);
    }
  }

  /** Takes over the tensor that a call put in {@code holder}. */
  static NativeTensor own(LiveHandles handles, MemorySegment holder) {
    return new NativeTensor(handles.own("tensor", Pointers.read(holder), c_h::ov_tensor_free));
  }

  MemorySegment address() {
    return handle.address();
  }

  /** Extents, outermost first. */
  public long[] shape() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment shape = ov_shape_t.allocate(arena);
      Status.check("ov_tensor_get_shape", c_h.ov_tensor_get_shape(address(), shape));
      return Shapes.take(shape);
    }
  }

  /** The element type; empty for one that {@link ElementType} does not list. */
  public Optional<ElementType> type() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(ValueLayout.JAVA_INT);
      Status.check("ov_tensor_get_element_type", c_h.ov_tensor_get_element_type(address(), code));
      return ElementType.of(code.get(ValueLayout.JAVA_INT, 0));
    }
  }

  /**
   * The elements. Valid as long as this tensor is open and, where it is a request's own, until the
   * request's next run.
   */
  public MemorySegment data() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(ValueLayout.JAVA_LONG);
      Status.check("ov_tensor_get_byte_size", c_h.ov_tensor_get_byte_size(address(), holder));
      long bytes = holder.get(ValueLayout.JAVA_LONG, 0);
      if (bytes == 0) {
        return MemorySegment.NULL;
      }
      Status.check("ov_tensor_data", c_h.ov_tensor_data(address(), holder));
      return Pointers.view(holder.get(ValueLayout.ADDRESS, 0), bytes);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
