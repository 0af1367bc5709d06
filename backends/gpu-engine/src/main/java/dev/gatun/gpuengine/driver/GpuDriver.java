package dev.gatun.gpuengine.driver;

import dev.gatun.runtime.spi.DeviceCounters;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * One GPU, as far as the engine needs it: memory, compiled kernels, queues. A backend implements it
 * over a vendor's interface. Thread-safe. Whoever allocates something closes it, before the driver.
 *
 * <p>Failures of the device are {@link dev.gatun.runtime.spi.BackendException}s that say what was
 * asked for and what would help.
 */
public interface GpuDriver extends AutoCloseable {
  /** The language that kernels are given in. */
  KernelLanguage language();

  /** What the GPU offers. */
  GpuLimits limits();

  /**
   * Compiles a source, or takes what was compiled of it before.
   *
   * @param source complete: prelude and kernels as one text
   */
  GpuModule compile(KernelSource source);

  /**
   * Memory of the device; its content is undefined.
   *
   * @param bytes at least 1
   */
  GpuMemory allocate(long bytes);

  /**
   * Memory of the host that the device copies from and to without another copy. Its {@link
   * GpuMemory#hostView} is present; kernels do not touch it.
   *
   * @param bytes at least 1
   */
  GpuMemory staging(long bytes);

  /**
   * Lets kernels read host memory where it is. Empty where the device has memory of its own, or
   * cannot take these pieces.
   *
   * @param pieces of one mapped file, in the order of their addresses; a kernel gets one of them,
   *     not two. Their pages stay as they are until the result is closed
   * @return memory that begins where the first piece does and ends where the last one does
   */
  Optional<GpuMemory> wrap(List<MemorySegment> pieces);

  /** A queue; what is put into it runs in order. */
  GpuQueue newQueue();

  /** Bytes of device memory that are free now. */
  long freeBytes();

  /** The most bytes that were allocated at once since the driver was opened. */
  long peakBytes();

  /** Energy, clock and temperature of the GPU now, as far as it tells. */
  DeviceCounters counters();

  /** Idempotent. */
  @Override
  void close();
}
