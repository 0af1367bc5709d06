package dev.gatun.gpuengine;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuKernel;
import dev.gatun.gpuengine.driver.GpuLimits;
import dev.gatun.gpuengine.driver.GpuMark;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.GpuRecording;
import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.runtime.spi.DeviceCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A GPU whose kernels do nothing: it counts what the engine asks of it, and what is not closed. */
final class CountingGpu implements GpuDriver {
  private final GpuLimits.Matrices matrices;
  final List<String> launched = new ArrayList<>();
  int live;
  int allocated;
  int recorded;
  int replayed;
  long readBytes;

  CountingGpu(GpuLimits.Matrices matrices) {
    this.matrices = matrices;
  }

  private final class Memory implements GpuMemory {
    final Arena arena = Arena.ofShared();
    final MemorySegment content;

    Memory(long bytes) {
      content = arena.allocate(bytes, 64);
      live++;
    }

    @Override
    public long bytes() {
      return content.byteSize();
    }

    @Override
    public Optional<MemorySegment> hostView() {
      return Optional.of(content);
    }

    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        arena.close();
        live--;
      }
    }
  }

  private record Kernel(String name) implements GpuKernel {
    @Override
    public int maxThreads() {
      return 1024;
    }
  }

  private record Recording(List<String> kernels) implements GpuRecording {
    @Override
    public void close() {}
  }

  private final class Queue implements GpuQueue {
    private boolean open = true;

    Queue() {
      live++;
    }

    @Override
    public void launch(Launch launch) {
      launched.add(launch.kernel().name());
    }

    @Override
    public void write(GpuMemory target, long offset, MemorySegment source) {
      MemorySegment.copy(source, 0, ((Memory) target).content, offset, source.byteSize());
    }

    @Override
    public void read(GpuMemory source, long offset, MemorySegment target) {
      readBytes += target.byteSize();
      MemorySegment.copy(((Memory) source).content, offset, target, 0, target.byteSize());
    }

    @Override
    public void copy(GpuMemory source, long from, GpuMemory target, long to, long bytes) {
      MemorySegment.copy(((Memory) source).content, from, ((Memory) target).content, to, bytes);
    }

    @Override
    public void fill(GpuMemory target, long offset, long bytes, byte value) {
      ((Memory) target).content.asSlice(offset, bytes).fill(value);
    }

    @Override
    public GpuRecording record(List<Launch> launches) {
      recorded++;
      return new Recording(launches.stream().map(launch -> launch.kernel().name()).toList());
    }

    @Override
    public void replay(GpuRecording recording) {
      replayed++;
      launched.addAll(((Recording) recording).kernels());
    }

    @Override
    public GpuFence fence() {
      return new GpuFence() {
        @Override
        public void await() {}

        @Override
        public boolean isDone() {
          return true;
        }
      };
    }

    @Override
    public GpuMark mark() {
      return new GpuMark() {
        @Override
        public long nanosecondsSince(GpuMark earlier) {
          return 1;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      live -= open ? 1 : 0;
      open = false;
    }
  }

  @Override
  public KernelLanguage language() {
    return KernelLanguage.CUDA;
  }

  @Override
  public GpuLimits limits() {
    return new GpuLimits(1L << 30, false, 1024, 48 << 10, 4, matrices);
  }

  @Override
  public GpuModule compile(KernelSource source) {
    return new GpuModule() {
      @Override
      public GpuKernel kernel(String name) {
        return new Kernel(name);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public GpuMemory allocate(long bytes) {
    allocated++;
    return new Memory(bytes);
  }

  @Override
  public GpuMemory staging(long bytes) {
    allocated++;
    return new Memory(bytes);
  }

  @Override
  public Optional<GpuMemory> wrap(List<MemorySegment> pieces) {
    return Optional.empty();
  }

  @Override
  public GpuQueue newQueue() {
    return new Queue();
  }

  @Override
  public long peakBytes() {
    return 0;
  }

  @Override
  public long freeBytes() {
    return 1L << 30;
  }

  @Override
  public DeviceCounters counters() {
    return DeviceCounters.none("it is no GPU");
  }

  @Override
  public void close() {}
}
