package dev.gatun.runtime.spi;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Memory of a device. Closed by whoever allocated it. Operations are asynchronous and happen in the
 * order of their fences.
 */
public interface Buffer extends AutoCloseable {
  /** The device's id. */
  String device();

  /** Size in bytes. */
  long size();

  /** The memory itself, when the host can address it. */
  Optional<MemorySegment> hostView();

  /** Copies from host memory to {@code offset}. */
  Fence write(long offset, MemorySegment source);

  /** Copies from {@code offset} to host memory. */
  Fence read(long offset, MemorySegment target);

  /**
   * Finds the largest of F32 numbers that lie here, where the device can: then they need not be
   * copied to the host. Waits until it is done.
   *
   * @param offset of the first of them, in bytes; a multiple of 4
   * @param count how many they are
   * @param result takes as many as it has room for
   * @return false when the device does not do that, and the host has to look itself
   */
  default boolean largest(long offset, int count, Largest result) {
    return false;
  }

  /** Idempotent. */
  @Override
  void close();
}
