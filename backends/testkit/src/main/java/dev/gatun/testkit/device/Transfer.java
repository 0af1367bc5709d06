package dev.gatun.testkit.device;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Moves values between buffers and arrays, on behalf of a device while it runs. */
final class Transfer {
  private Transfer() {}

  static Array load(Value value, Shape shape, Buffer buffer) {
    long bytes = value.type().dtype().byteSize(shape.elements());
    requireSize(value, buffer, bytes);
    MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, bytes), 8).asSlice(0, bytes);
    if (buffer instanceof OpaqueBuffer own) {
      own.get(copy);
    } else {
      buffer.read(0, copy).await();
    }
    return Array.of(new Tensor(value.type().dtype(), shape, copy));
  }

  static void store(Value value, Array array, Buffer buffer) {
    long bytes = array.byteSize();
    requireSize(value, buffer, bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.max(1, bytes), 8).asSlice(0, bytes);
      array.store(staging, 0);
      if (buffer instanceof OpaqueBuffer own) {
        own.set(staging);
      } else {
        buffer.write(0, staging).await();
      }
    }
  }

  private static void requireSize(Value value, Buffer buffer, long bytes) {
    if (buffer.size() < bytes) {
      throw new BackendException(
          "the buffer of '%s' holds %d bytes, not %d".formatted(value, buffer.size(), bytes));
    }
  }
}
