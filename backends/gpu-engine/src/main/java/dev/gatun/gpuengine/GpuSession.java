package dev.gatun.gpuengine;

import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.batch.BatchReader;
import dev.gatun.engine.memory.Storage;
import dev.gatun.engine.size.SessionSizes;
import dev.gatun.engine.state.CacheUpdate;
import dev.gatun.engine.state.KeyValueCache;
import dev.gatun.engine.state.StateFile;
import dev.gatun.gpuengine.compile.AttentionInputs;
import dev.gatun.gpuengine.compile.GpuProgram;
import dev.gatun.gpuengine.compile.IndexInput;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.memory.DeviceBuffer;
import dev.gatun.gpuengine.memory.GrowingDeviceMemory;
import dev.gatun.gpuengine.memory.LargestNumbers;
import dev.gatun.gpuengine.memory.Staging;
import dev.gatun.gpuengine.state.AttentionTables;
import dev.gatun.gpuengine.state.DevicePages;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One running instance of a program on a GPU: its queue, its memory, and the cache of its
 * sequences. A submission returns when its work is in the queue; with profiling, when it is done.
 * Where the host has a part in it ({@link HostWork}), what comes before has been done, too.
 */
final class GpuSession implements ExecutableSession {
  private final GpuExecutable executable;
  private final GpuProgram program;
  private final SessionSizes limits;
  private final Submission sizes;
  private final GpuQueue queue;
  private final Staging staging;
  private final SessionMemory memory;
  private final DevicePages pages;
  private final KeyValueCache cache;
  private final AttentionTables tables;
  private final StepProfile profile;
  private final Launches launches;
  private final BatchReader reader;
  private final Map<Integer, MemorySegment> staged = new HashMap<>();
  private final Deque<Runnable> parts = new ArrayDeque<>();
  private boolean submitted;
  private boolean closed;

  GpuSession(GpuExecutable executable, SessionOptions options) {
    this.executable = executable;
    program = executable.program;
    GpuDriver driver = executable.driver;
    limits = new SessionSizes(program.extents(), executable.profiles, options);
    sizes = new Submission(program.extents(), options.sequences());
    try {
      queue = driver.newQueue();
      parts.push(queue::close);
      staging = new Staging(driver);
      parts.push(staging::close);
      var numbers = new LargestNumbers(driver, queue, executable.kernels);
      parts.push(numbers::close);
      memory =
          new SessionMemory(
              program, executable.constants, executable.device, driver, queue, limits, numbers);
      parts.push(memory::close);
      profile = executable.profile ? new StepProfile(program) : null;
      var host =
          new HostWork(
              program.extents(),
              sizes,
              memory,
              queue,
              staging,
              body -> executable.body(body).newSession(options));
      parts.push(host::close);
      launches = new Launches(program, executable.kernels, memory, queue, profile, host);
      parts.push(launches::close);
      if (program.cache().isEmpty()) {
        pages = null;
        cache = null;
        tables = null;
      } else {
        int columns = KeyValueCache.pages(options.positions());
        // Each sequence has at most one page that is not full.
        int most = columns + options.sequences();
        pages = new DevicePages(driver, queue, program.cache().pageBytes(), most);
        parts.push(pages::close);
        cache = new KeyValueCache(program.cache(), pages, options.sequences(), options.positions());
        tables = new AttentionTables(new GrowingDeviceMemory(driver, queue), cache, columns);
        parts.push(tables::close);
      }
    } catch (RuntimeException | Error e) {
      closeParts();
      throw e;
    }
    reader =
        new BatchReader(program.graph().inputs(), program.extents(), this::stage, sizes.symbols());
  }

  private MemorySegment stage(Value input, long bytes) {
    MemorySegment taken = staging.take(bytes);
    staged.put(input.id(), taken);
    return taken;
  }

  @Override
  public Buffer buffer(Value value) {
    return memory.buffer(value);
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    memory.bind(value, buffer);
  }

  @Override
  public Shape shape(Value value) {
    if (!submitted) {
      throw new BackendException("'" + value.name() + "' has no shape before the first run");
    }
    long[] dims = new long[value.type().rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = program.extents().resolve(value.type().dim(i), sizes.symbols());
      if (dims[i] < 0) {
        throw new BackendException("'" + value.name() + "' has no size in the last run");
      }
    }
    return Shape.of(dims);
  }

  @Override
  public Fence submit(Batch batch) {
    return submit(batch, Map.of());
  }

  /**
   * @param outer sizes of symbols around a subgraph, by name
   */
  private Fence submit(Batch batch, Map<String, Long> outer) {
    if (closed) {
      throw new BackendException("the session is closed");
    }
    staging.begin();
    staged.clear();
    reader.read(batch);
    sizes.complete(outer);
    program.extents().check(sizes.symbols(), limits.limits());
    sizes.resolve();
    checkIndices();
    memory.prepare(sizes);
    if (tables == null) {
      return run();
    }
    BatchIndex stored = index();
    CacheUpdate.reserve(cache, stored);
    boolean done = false;
    try {
      attend();
      Fence fence = run();
      done = true;
      return fence;
    } finally {
      CacheUpdate.finish(cache, stored, stored.spans(), done);
    }
  }

  private void checkIndices() {
    for (int i = 0; i < program.indices().size(); i++) {
      IndexInput indices = program.indices().get(i);
      MemorySegment numbers = staged.get(indices.input().id());
      if (numbers != null) {
        indices.check(numbers);
      }
    }
  }

  /** Which tokens belong to which sequence. */
  private BatchIndex index() {
    AttentionInputs inputs = program.attention().orElseThrow();
    int rows = inputs.rows().of(sizes);
    tables.reserve(rows);
    tables.batch().build(numbers(inputs.positions()), 0, numbers(inputs.sequences()), 0, rows);
    return tables.batch();
  }

  private MemorySegment numbers(Value input) {
    MemorySegment numbers = staged.get(input.id());
    if (numbers == null) {
      throw new BackendException("the batch must give '" + input.name() + "'");
    }
    return numbers;
  }

  /** Gives attention its tables. */
  private void attend() {
    AttentionInputs inputs = program.attention().orElseThrow();
    var target = tables.memory();
    memory.place(inputs.pool().storage(), pages.pool(), 0);
    memory.place(inputs.slots().storage(), target, 0);
    memory.place(inputs.spans().storage(), target, tables.spansAt());
    memory.place(inputs.pages().storage(), target, tables.pagesAt());
    sizes.attention(tables.splits(), tables.pageColumns());
    if (tables.batch().rows() > 0) {
      MemorySegment filled = staging.take(tables.bytes());
      tables.fill(filled);
      queue.write(target, 0, filled);
    }
  }

  private Fence run() {
    long begin = System.nanoTime();
    for (Value input : program.graph().inputs()) {
      MemorySegment content = staged.get(input.id());
      if (content != null && content.byteSize() > 0) {
        Storage storage = memory.storage(input);
        queue.write(memory.memory(storage.id()), memory.offset(storage.id()), content);
      }
    }
    memory.readBound(sizes, staged::containsKey);
    launches.run(sizes);
    memory.writeBound(sizes, staged::containsKey);
    GpuFence fence = queue.fence();
    staging.end(fence);
    submitted = true;
    if (profile != null) {
      fence.await();
      profile.collect(begin);
    }
    return DeviceBuffer.fence(fence);
  }

  /**
   * Runs a subgraph of control flow.
   *
   * @param body as the node has it: with the inputs that became constants
   * @param outer sizes of symbols around it, by name
   */
  List<Array> call(Graph body, List<Array> inputs, Map<String, Long> outer) {
    Map<String, Array> arguments = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      arguments.put(body.inputs().get(i).name(), inputs.get(i));
    }
    var batch = new Batch(0);
    for (Value input : program.graph().inputs()) {
      Array array = arguments.get(input.name());
      MemorySegment content = MemorySegment.ofArray(new byte[Math.toIntExact(array.byteSize())]);
      array.store(content, 0);
      batch.set(input.name(), new Tensor(array.dtype(), array.shape(), content));
    }
    submit(batch, outer).await();
    return program.graph().outputs().stream().map(value -> result(value, arguments)).toList();
  }

  private Array result(Value value, Map<String, Array> arguments) {
    if (program.graph().inputs().contains(value)) {
      return arguments.get(value.name());
    }
    Shape shape = shape(value);
    int bytes = Math.toIntExact(value.type().dtype().byteSize(shape.elements()));
    MemorySegment content = MemorySegment.ofArray(new byte[bytes]);
    buffer(value).read(0, content).await();
    return Array.of(new Tensor(value.type().dtype(), shape, content));
  }

  private KeyValueCache cache() {
    if (cache == null) {
      throw new BackendException(program.graph().name() + " keeps no state: it has no sequences");
    }
    return cache;
  }

  @Override
  public void openSequence(int sequence) {
    cache().open(sequence);
  }

  @Override
  public void closeSequence(int sequence) {
    cache().close(sequence);
  }

  @Override
  public void truncate(int sequence, int positions) {
    cache().truncate(sequence, positions);
  }

  @Override
  public void fork(int source, int target) {
    cache().fork(source, target);
  }

  @Override
  public void save(int sequence, OutputStream out) throws IOException {
    new StateFile(program.graph(), cache()).save(sequence, out);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    new StateFile(program.graph(), cache()).restore(sequence, in);
  }

  @Override
  public List<NodeTiming> timings() {
    return profile == null ? List.of() : profile.timings();
  }

  @Override
  public List<TimelineEvent> timeline() {
    return profile == null ? List.of() : profile.timeline();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    closeParts();
    executable.release();
  }

  /** When the queue is closed its work has ended, and what the work used can go. */
  private void closeParts() {
    try {
      if (!parts.isEmpty()) {
        parts.removeLast().run();
      }
    } finally {
      parts.forEach(Runnable::run);
      parts.clear();
    }
  }
}
