package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaEvent;
import dev.gatun.cuda.CudaGraph;
import dev.gatun.cuda.CudaStream;
import dev.gatun.cuda.KernelArguments;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuMark;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.GpuRecording;
import dev.gatun.gpuengine.driver.Launch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A stream. A launch allocates nothing: the driver copies its arguments at once. */
final class CudaQueue implements GpuQueue {
  /** No kernel takes more memory than this, with its block. */
  private static final int MOST_ARGUMENTS = 32;

  private final CudaContext context;
  private final Failures failures;
  private final CudaStream stream;
  private final Fences fences;
  private final Arena arena = Arena.ofShared();
  private final KernelArguments arguments = new KernelArguments(arena, MOST_ARGUMENTS);

  CudaQueue(CudaContext context, Failures failures) {
    this.context = context;
    this.failures = failures;
    stream = failures.during(context::newStream);
    fences = new Fences(context, stream, failures);
  }

  @Override
  public void launch(Launch launch) {
    arguments.clear();
    for (int i = 0; i < launch.arguments(); i++) {
      long offset = launch.offset(i);
      arguments.pointer(device(launch.memory(i)).checked(offset, 0), offset);
    }
    if (launch.parameters().byteSize() > 0) {
      arguments.value(launch.parameters());
    }
    try {
      stream.launch(
          ((CudaKernel) launch.kernel()).function(),
          launch.gridX(),
          launch.gridY(),
          launch.gridZ(),
          launch.threads(),
          arguments);
    } catch (NativeCallException e) {
      throw failures.explained(e);
    }
  }

  @Override
  public void write(GpuMemory target, long offset, MemorySegment source) {
    var memory = device(target).checked(offset, source.byteSize());
    failures.run(() -> stream.write(source, memory, offset));
  }

  @Override
  public void read(GpuMemory source, long offset, MemorySegment target) {
    var memory = device(source).checked(offset, target.byteSize());
    failures.run(() -> stream.read(memory, offset, target));
  }

  @Override
  public void copy(GpuMemory source, long from, GpuMemory target, long to, long bytes) {
    var first = device(source).checked(from, bytes);
    var second = device(target).checked(to, bytes);
    failures.run(() -> stream.copy(first, from, second, to, bytes));
  }

  @Override
  public void fill(GpuMemory target, long offset, long bytes, byte value) {
    var memory = device(target).checked(offset, bytes);
    failures.run(() -> stream.fill(memory, offset, bytes, value));
  }

  /** A captured graph. */
  private record Recording(CudaGraph graph) implements GpuRecording {
    @Override
    public void close() {
      graph.close();
    }
  }

  @Override
  public GpuRecording record(List<Launch> launches) {
    return failures.during(
        () -> new Recording(stream.capture(() -> launches.forEach(this::launch))));
  }

  @Override
  public void replay(GpuRecording recording) {
    failures.run(() -> stream.launch(((Recording) recording).graph()));
  }

  @Override
  public GpuFence fence() {
    return fences.add();
  }

  /** An event with its time. */
  private record Mark(CudaEvent event, Failures failures) implements GpuMark {
    @Override
    public long nanosecondsSince(GpuMark earlier) {
      return Math.round(1e6 * failures.during(() -> event.millisSince(((Mark) earlier).event())));
    }

    @Override
    public void close() {
      event.close();
    }
  }

  @Override
  public GpuMark mark() {
    return failures.during(() -> {
      CudaEvent event = context.newEvent(true);
      stream.record(event);
      return new Mark(event, failures);
    });
  }

  private static CudaMemory device(GpuMemory memory) {
    if (memory instanceof CudaMemory device) {
      return device;
    }
    throw new IllegalArgumentException("memory that is not this device's: " + memory);
  }

  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    try {
      stream.synchronize();
    } catch (NativeCallException e) {
      // Whoever waited for the work has been told; what waits here only wants it to have ended.
    }
    fences.close();
    stream.close();
    arena.close();
  }
}
