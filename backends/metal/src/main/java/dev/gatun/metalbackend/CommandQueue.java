package dev.gatun.metalbackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuMark;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.GpuRecording;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.metal.Dispatches;
import dev.gatun.metal.MetalQueue;
import dev.gatun.metal.MetalRecording;
import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A queue of Metal. What is put in goes into one command buffer until a fence or a mark commits it.
 * Copies of Metal's move whole words of 4 bytes; what is not made of these waits for the queue, and
 * the host moves it, to which all memory belongs as well. A failure stays: whatever is awaited
 * behind it fails, too.
 */
final class CommandQueue implements GpuQueue {
  private static final int WORD = 4;

  private final MetalGpu gpu;
  private final MetalQueue queue;
  private final Failures failures;
  private final TransitMemory transit;

  /** Committed and not seen to have ended, first first. */
  private final Deque<Work> running = new ArrayDeque<>();

  /** Being filled; null for none. */
  private Work open;

  private long numbers;
  private long failed = Long.MAX_VALUE;
  private BackendException failure;

  /** Nanoseconds that the device worked for this queue. */
  private long elapsed;

  private final Deque<Mark> marks = new ArrayDeque<>();
  private boolean closed;

  CommandQueue(MetalGpu gpu, MetalQueue queue, Failures failures) {
    this.gpu = gpu;
    this.queue = queue;
    this.failures = failures;
    transit = new TransitMemory(gpu);
  }

  /** Bytes in whole words. */
  static long wholeWords(long bytes) {
    return (bytes + WORD - 1) / WORD * WORD;
  }

  private static boolean words(long... places) {
    for (long place : places) {
      if (place % WORD != 0) {
        return false;
      }
    }
    return true;
  }

  private Work work() {
    if (open == null) {
      open = new Work(queue.newCommands(), ++numbers);
    }
    return open;
  }

  @Override
  public synchronized void launch(Launch launch) {
    put(launch, work().commands);
  }

  private static void put(Launch launch, Dispatches target) {
    MetalKernels.Kernel kernel = (MetalKernels.Kernel) launch.kernel();
    target.kernel(kernel.pipeline());
    int arguments = launch.arguments();
    for (int i = 0; i < arguments; i++) {
      target.memory(i, MetalMemory.of(launch.memory(i)).buffer(), launch.offset(i));
    }
    if (launch.parameters().byteSize() > 0) {
      target.bytes(arguments, launch.parameters());
    }
    target.dispatch(launch.gridX(), launch.gridY(), launch.gridZ(), launch.threads());
  }

  @Override
  public synchronized void write(GpuMemory target, long offset, MemorySegment source) {
    MetalMemory memory = MetalMemory.of(target).checked(offset, source.byteSize());
    if (!words(offset, source.byteSize())) {
      finish();
      view(memory, offset, source.byteSize()).copyFrom(source);
      return;
    }
    Optional<MetalMemory> around = gpu.around(source).filter(found -> words(place(found, source)));
    if (around.isPresent()) {
      copy(around.get(), place(around.get(), source), memory, offset, source.byteSize());
    } else {
      MetalMemory copy = transit(source.byteSize());
      copy.hostView().orElseThrow().copyFrom(source);
      copy(copy, 0, memory, offset, source.byteSize());
    }
  }

  @Override
  public synchronized void read(GpuMemory source, long offset, MemorySegment target) {
    MetalMemory memory = MetalMemory.of(source).checked(offset, target.byteSize());
    // Whole words around the bytes: buffers have them to their end.
    long from = offset / WORD * WORD;
    long bytes = wholeWords(offset + target.byteSize()) - from;
    MetalMemory copy = transit(bytes);
    work().commands.copy(memory.buffer(), from, copy.buffer(), 0, bytes);
    work().deliver(view(copy, offset - from, target.byteSize()), target);
  }

  @Override
  public synchronized void copy(
      GpuMemory source, long from, GpuMemory target, long to, long bytes) {
    MetalMemory first = MetalMemory.of(source).checked(from, bytes);
    MetalMemory second = MetalMemory.of(target).checked(to, bytes);
    if (words(from, to, bytes)) {
      work().commands.copy(first.buffer(), from, second.buffer(), to, bytes);
    } else {
      finish();
      view(second, to, bytes).copyFrom(view(first, from, bytes));
    }
  }

  @Override
  public synchronized void fill(GpuMemory target, long offset, long bytes, byte value) {
    MetalMemory memory = MetalMemory.of(target).checked(offset, bytes);
    if (words(offset, bytes)) {
      work().commands.fill(memory.buffer(), offset, bytes, value);
    } else {
      finish();
      view(memory, offset, bytes).fill(value);
    }
  }

  private static MemorySegment view(MetalMemory memory, long offset, long bytes) {
    return memory.hostView().orElseThrow().asSlice(offset, bytes);
  }

  private static long place(MetalMemory memory, MemorySegment within) {
    return within.address() - memory.buffer().contents().address();
  }

  /** Memory for the open command buffer. */
  private MetalMemory transit(long bytes) {
    MetalMemory memory = transit.take(bytes);
    work().transit.add(memory);
    return memory;
  }

  sealed interface Recording extends GpuRecording {}

  /** Launches as they were when they were recorded, put into each command buffer anew. */
  private record Copies(List<Launch> launches, Arena arena) implements Recording {
    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        arena.close();
      }
    }
  }

  /** An indirect command buffer. */
  record Indirect(MetalRecording recording) implements Recording {
    @Override
    public void close() {
      recording.close();
    }
  }

  @Override
  public GpuRecording record(List<Launch> launches) {
    return gpu.recordsIndirectly() ? encoded(launches) : copied(launches);
  }

  private GpuRecording encoded(List<Launch> launches) {
    int arguments = 0;
    long bytes = 0;
    for (Launch launch : launches) {
      arguments = Math.max(arguments, launch.arguments() + 1);
      bytes += MetalRecording.room(launch.parameters().byteSize());
    }
    MetalRecording recording = gpu.newRecording(launches.size(), arguments, bytes);
    try {
      launches.forEach(launch -> put(launch, recording));
    } catch (RuntimeException | Error e) {
      recording.close();
      throw e;
    }
    return new Indirect(recording);
  }

  private static GpuRecording copied(List<Launch> launches) {
    Arena arena = Arena.ofShared();
    List<Launch> copies = new ArrayList<>();
    for (Launch launch : launches) {
      MemorySegment parameters = arena.allocate(launch.parameters().byteSize(), 8);
      parameters.copyFrom(launch.parameters());
      var copy = new Launch(launch.kernel(), launch.arguments(), parameters);
      for (int i = 0; i < launch.arguments(); i++) {
        copy.bind(i, launch.memory(i), launch.offset(i));
      }
      copy.shape(launch.gridX(), launch.gridY(), launch.gridZ(), launch.threads());
      copies.add(copy);
    }
    return new Copies(List.copyOf(copies), arena);
  }

  @Override
  public synchronized void replay(GpuRecording recording) {
    switch ((Recording) recording) {
      case Copies copies -> copies.launches.forEach(this::launch);
      case Indirect indirect -> work().commands.execute(indirect.recording);
    }
  }

  /** Hands the open command buffer to the device. */
  private void commit() {
    if (open != null) {
      open.commands.commit();
      running.add(open);
      open = null;
    }
  }

  /** Takes out the first running work, whose end is waited for. */
  private void end() {
    Work work = running.remove();
    try {
      work.commands.await();
      elapsed += work.commands.nanoseconds();
      work.done();
    } catch (NativeCallException e) {
      if (failure == null) {
        failure = failures.ofWork(e);
        failed = work.number;
      }
    } finally {
      work.close(transit);
    }
    while (!marks.isEmpty() && marks.peek().number <= work.number) {
      marks.remove().at = elapsed;
    }
  }

  private void finish() {
    commit();
    await(numbers);
  }

  private void await(long number) {
    while (!running.isEmpty() && running.peek().number <= number) {
      end();
    }
    if (failed <= number) {
      throw failure;
    }
  }

  /** Behind all work up to a number. */
  private final class Fence implements GpuFence {
    private final long number;

    Fence(long number) {
      this.number = number;
    }

    @Override
    public void await() {
      synchronized (CommandQueue.this) {
        CommandQueue.this.await(number);
      }
    }

    @Override
    public boolean isDone() {
      synchronized (CommandQueue.this) {
        while (!running.isEmpty()
            && running.peek().number <= number
            && running.peek().commands.isDone()) {
          end();
        }
        return running.isEmpty() || running.peek().number > number;
      }
    }
  }

  @Override
  public synchronized GpuFence fence() {
    commit();
    return new Fence(numbers);
  }

  /** The device's work up to a number. */
  private static final class Mark implements GpuMark {
    private final long number;
    private long at = -1;

    Mark(long number) {
      this.number = number;
    }

    @Override
    public long nanosecondsSince(GpuMark earlier) {
      long from = ((Mark) earlier).at;
      if (at < 0 || from < 0) {
        throw new IllegalStateException("a mark is asked for its time before its work is done");
      }
      return at - from;
    }

    @Override
    public void close() {}
  }

  /** Metal tells the times of command buffers: a mark ends one. */
  @Override
  public synchronized GpuMark mark() {
    commit();
    var mark = new Mark(numbers);
    if (running.isEmpty()) {
      mark.at = elapsed;
    } else {
      marks.add(mark);
    }
    return mark;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    commit();
    while (!running.isEmpty()) {
      end();
    }
    transit.close();
    queue.close();
  }
}
