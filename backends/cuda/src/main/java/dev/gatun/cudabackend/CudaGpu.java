package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaDevice;
import dev.gatun.cuda.DeviceMemory;
import dev.gatun.cuda.DriverFailure;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuLimits;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.runtime.spi.DeviceCounters;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** One GPU of NVIDIA for the engine: the driver's primary context of it. Thread-safe. */
final class CudaGpu implements GpuDriver {
  /** The first architecture with the tensor cores that the kernels {@code matmul_mma_*} use. */
  private static final int HALF_MATRICES = 80;

  private final CudaDevice device;
  private final KernelCompiler compiler;
  private final Failures failures;
  private final CudaContext context;
  private final MemoryPool pool;
  private final GpuMeter meter;

  CudaGpu(CudaDevice device, String id, KernelCompiler compiler, GpuMeter meter) {
    this.device = device;
    this.compiler = compiler;
    this.meter = meter;
    failures = new Failures(id);
    context = failures.during(device::open);
    pool = new MemoryPool(context, failures);
  }

  CudaDevice device() {
    return device;
  }

  /** Bytes of device memory that somebody has. */
  long usedBytes() {
    return pool.usedBytes();
  }

  @Override
  public KernelLanguage language() {
    return KernelLanguage.CUDA;
  }

  @Override
  public GpuLimits limits() {
    return new GpuLimits(
        device.memory(),
        device.integrated(),
        device.threadsPerBlock(),
        device.sharedMemory(),
        device.multiprocessors(),
        device.capability() >= HALF_MATRICES ? GpuLimits.Matrices.HALF : GpuLimits.Matrices.NONE);
  }

  @Override
  public GpuModule compile(KernelSource source) {
    byte[] image = compiler.compile(source, device.capability());
    return new LoadedKernels(failures.during(() -> context.load(image)), failures);
  }

  @Override
  public GpuMemory allocate(long bytes) {
    return new CudaMemory(pool.take(bytes), bytes, pool::give);
  }

  @Override
  public GpuMemory staging(long bytes) {
    return new StagingMemory(failures.during(() -> context.allocatePinned(bytes)));
  }

  /**
   * Where the GPU has no memory but the host's, as a Jetson's. What the driver does not take (not
   * all take mapped files) is copied, like the weights of a GPU with memory of its own.
   */
  @Override
  public Optional<GpuMemory> wrap(List<MemorySegment> pieces) {
    if (!device.integrated() || !device.registers()) {
      return Optional.empty();
    }
    try {
      DeviceMemory memory = context.register(pieces.getFirst(), pieces.getLast());
      return Optional.of(new CudaMemory(memory, memory.bytes(), DeviceMemory::close));
    } catch (NativeCallException e) {
      if (DriverFailure.of(e) == DriverFailure.LOST) {
        throw failures.explained(e);
      }
      return Optional.empty();
    }
  }

  @Override
  public GpuQueue newQueue() {
    return new CudaQueue(context, failures);
  }

  @Override
  public long freeBytes() {
    return pool.freeBytes();
  }

  @Override
  public long peakBytes() {
    return pool.peakBytes();
  }

  @Override
  public DeviceCounters counters() {
    return meter.read();
  }

  @Override
  public void close() {
    meter.close();
    pool.close();
    context.close();
  }
}
