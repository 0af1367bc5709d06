package dev.gatun.metalbackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuLimits;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.metal.Metal;
import dev.gatun.metal.MetalBuffer;
import dev.gatun.metal.MetalRecording;
import dev.gatun.runtime.spi.DeviceCounters;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** A GPU of Apple for the engine. Thread-safe. */
final class MetalGpu implements GpuDriver {
  /**
   * What Metal does not tell; Apple's GPUs have 8 cores and more. Only for how finely work is
   * split.
   */
  private static final int UNITS = 8;

  private final Metal metal;
  private final Failures failures;

  /** Memory that was allocated, by its address for the host. */
  private final ConcurrentSkipListMap<Long, MetalMemory> allocated = new ConcurrentSkipListMap<>();

  private final AtomicLong usedBytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();

  private final boolean indirect;

  /**
   * @param indirect whether launches are recorded in indirect command buffers
   */
  MetalGpu(Metal metal, String id, boolean indirect) {
    this.metal = metal;
    this.indirect = indirect;
    failures = new Failures(id);
  }

  @Override
  public KernelLanguage language() {
    return KernelLanguage.METAL;
  }

  @Override
  public GpuLimits limits() {
    return new GpuLimits(
        metal.workingSetBytes(),
        metal.unified(),
        Math.toIntExact(metal.maxThreads()),
        Math.toIntExact(metal.sharedBytes()),
        UNITS,
        metal.multipliesMatrices() ? GpuLimits.Matrices.SINGLE : GpuLimits.Matrices.NONE);
  }

  @Override
  public GpuModule compile(KernelSource source) {
    try {
      return new MetalKernels(source.family(), metal.compile(source.text()), failures);
    } catch (NativeCallException e) {
      throw failures.ofKernels(source.family(), e);
    }
  }

  @Override
  public GpuMemory allocate(long bytes) {
    long whole = CommandQueue.wholeWords(bytes);
    if (whole > metal.maxBufferBytes()) {
      throw failures.tooLong(bytes, metal.maxBufferBytes());
    }
    MetalBuffer buffer;
    try {
      buffer = metal.allocate(whole);
    } catch (NativeCallException e) {
      throw failures.ofMemory(bytes, freeBytes(), e);
    }
    long address = buffer.contents().address();
    var memory = new MetalMemory(buffer, bytes, () -> gone(address));
    allocated.put(address, memory);
    peakBytes.accumulateAndGet(usedBytes.addAndGet(bytes), Math::max);
    return memory;
  }

  private void gone(long address) {
    MetalMemory memory = allocated.remove(address);
    if (memory != null) {
      usedBytes.addAndGet(-memory.bytes());
    }
  }

  /** The same as other memory: host and device share it all. */
  @Override
  public GpuMemory staging(long bytes) {
    return allocate(bytes);
  }

  @Override
  public Optional<GpuMemory> wrap(List<MemorySegment> pieces) {
    return metal.wrap(pieces).map(buffer -> new MetalMemory(buffer, buffer.bytes(), () -> {}));
  }

  /** The allocated memory that a segment of the host lies in; empty when it lies in none. */
  Optional<MetalMemory> around(MemorySegment segment) {
    var entry = allocated.floorEntry(segment.address());
    return entry != null
            && segment.address() + segment.byteSize() <= entry.getKey() + entry.getValue().bytes()
        ? Optional.of(entry.getValue())
        : Optional.empty();
  }

  /** Whether launches are recorded in indirect command buffers. */
  boolean recordsIndirectly() {
    return indirect;
  }

  MetalRecording newRecording(int dispatches, int arguments, long parameterBytes) {
    try {
      return metal.newRecording(dispatches, arguments, parameterBytes);
    } catch (NativeCallException e) {
      throw failures.ofMemory(parameterBytes, freeBytes(), e);
    }
  }

  @Override
  public GpuQueue newQueue() {
    return new CommandQueue(this, metal.newQueue(), failures);
  }

  @Override
  public long freeBytes() {
    return Math.max(0, metal.workingSetBytes() - metal.allocatedBytes());
  }

  /** Without mapped files, which are the host's. */
  @Override
  public long peakBytes() {
    return peakBytes.get();
  }

  @Override
  public DeviceCounters counters() {
    return DeviceCounters.none("macOS tells its power to root only (`sudo powermetrics`)");
  }

  @Override
  public void close() {
    metal.close();
  }
}
