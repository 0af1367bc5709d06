package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.state.HostPages;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Host;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.memory.ArenaPlan;
import dev.gatun.engine.memory.Storage;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.engine.state.KeyValueCache;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.ExecutableSession.TimelineEvent;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The memory of one running program, and the loop that runs it: a session's, or a subgraph's.
 *
 * <p>Activations are placed once for the largest sizes. Where those would take more than {@link
 * #EAGER_BYTES}, they are placed for the sizes of each run, in memory that grows. What has a size
 * that depends on data gets memory of its own when the size is known.
 */
final class Instance implements Host, AutoCloseable {
  /** What a session takes when it opens; the rest when it is needed. */
  private static final long EAGER_BYTES = 1L << 30;

  private final Program program;
  private final CpuExecutable executable;
  private final int sequences;
  private final Frame frame;
  private final long[] symbols;
  private final long[] planned;
  private final long[] sizes;
  private final BatchIndex[] batches;
  private final Runner runner;
  private final boolean growing;
  private final GrowingMemory activations;
  private final GrowingMemory scratch;
  private final SizeBound current;
  private final Map<Integer, Storage> bufferStorage = new LinkedHashMap<>();
  private final Map<Integer, SessionBuffer> owned = new HashMap<>();
  private final Map<Integer, Buffer> bound = new HashMap<>();
  private final List<Storage> boundStorages = new ArrayList<>();
  private final Map<Integer, GrowingMemory> dataSized = new LinkedHashMap<>();
  private final IdentityHashMap<Graph, Instance> bodies = new IdentityHashMap<>();

  /**
   * @param limits the largest sizes; null when they are not known
   * @param cache null when the program has no state
   * @param pages of the cache
   */
  Instance(
      Program program,
      CpuExecutable executable,
      SizeBound limits,
      KeyValueCache cache,
      HostPages pages) {
    this.program = program;
    this.executable = executable;
    sequences = limits == null ? 1 : limits.sequences();
    symbols = program.extents().unknown();
    planned = program.extents().unknown();
    sizes = new long[program.extents().count()];
    batches = new BatchIndex[program.batches().size()];
    activations = new GrowingMemory(executable.account, "activations");
    scratch = new GrowingMemory(executable.account, "activations");
    frame =
        new Frame(
            program.storages().size(),
            program.extents(),
            symbols,
            sizes,
            working(executable.team.threads()),
            batches,
            cache,
            pages);
    current = new Current();
    for (Storage storage : program.storages()) {
      register(storage);
    }
    Optional<ArenaPlan> whole = limits == null ? Optional.empty() : plan(limits);
    growing = whole.isEmpty();
    try {
      if (growing) {
        place(extent -> extent.isFixed() ? Math.toIntExact(extent.factor()) : 0);
      } else {
        place(limits, whole.get());
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    runner = new Runner(program, executable.team, this, executable.profile);
  }

  private final class Current implements SizeBound {
    @Override
    public int of(dev.gatun.engine.size.Extent extent) {
      return extent.of(frame);
    }

    @Override
    public int sequences() {
      return sequences;
    }
  }

  private Object[][] working(int threads) {
    List<Supplier<?>> makers = program.working();
    var objects = new Object[makers.size()][threads];
    for (int i = 0; i < objects.length; i++) {
      for (int worker = 0; worker < threads; worker++) {
        objects[i][worker] = makers.get(i).get();
      }
    }
    return objects;
  }

  private void register(Storage storage) {
    switch (storage.kind()) {
      case ARENA, CONSTANT, STATE -> {
        MemorySegment memory = storage.constant() == null ? MemorySegment.NULL : storage.constant();
        frame.place(storage.id(), memory, 0);
      }
      case INPUT, OUTPUT -> {
        int id = storage.value().id();
        bufferStorage.put(id, storage);
        var memory = new GrowingMemory(executable.account, "'" + storage.value().name() + "'");
        owned.put(id, new SessionBuffer(executable.device, memory));
      }
    }
    if (program.dataSized().contains(storage) && storage.kind() == Storage.Kind.ARENA) {
      dataSized.put(storage.id(), new GrowingMemory(executable.account, "activations"));
    }
  }

  /** Places for these sizes; empty when they take more than a session may when it opens. */
  private Optional<ArenaPlan> plan(SizeBound limits) {
    try {
      ArenaPlan plan = program.plan(limits);
      long bytes = plan.size();
      bytes += program.scratchBytes(limits) * executable.team.threads();
      for (Storage storage : bufferStorage.values()) {
        if (!program.dataSized().contains(storage)) {
          bytes = Math.addExact(bytes, storage.bytes().applyAsLong(limits));
        }
      }
      return bytes <= EAGER_BYTES ? Optional.of(plan) : Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Places everything whose size is known for sizes up to these. */
  private void place(SizeBound bound) {
    place(bound, program.plan(bound));
  }

  private void place(SizeBound bound, ArenaPlan plan) {
    MemorySegment memory = activations.atLeast(plan.size());
    for (Storage storage : program.storages()) {
      boolean later = program.dataSized().contains(storage);
      if (storage.kind() == Storage.Kind.ARENA && !later) {
        frame.place(storage.id(), memory, plan.offset(storage.id()));
      }
    }
    for (Storage storage : bufferStorage.values()) {
      if (!program.dataSized().contains(storage)) {
        own(storage, storage.bytes().applyAsLong(bound));
      }
    }
    for (int i = 0; i < batches.length; i++) {
      int rows = bound.of(program.batches().get(i).rows());
      if (batches[i] == null || batches[i].capacity() < rows) {
        batches[i] = new BatchIndex(rows);
      }
    }
    placeScratch(bound);
  }

  private void placeScratch(SizeBound bound) {
    int threads = executable.team.threads();
    long stride = (program.scratchBytes(bound) + 63) / 64 * 64;
    frame.scratch(scratch.atLeast(stride * threads), stride);
  }

  private void own(Storage storage, long bytes) {
    int id = storage.value().id();
    if (!bound.containsKey(id)) {
      frame.place(storage.id(), owned.get(id).atLeast(bytes), 0);
    }
  }

  @Override
  public Frame frame() {
    return frame;
  }

  /** Sizes by symbol index; whoever runs the program fills them. */
  long[] symbols() {
    return symbols;
  }

  /** Memory for an input's content. */
  MemorySegment input(Value input, long bytes) {
    Storage storage = storage(input);
    if (growing || program.dataSized().contains(storage)) {
      own(storage, bytes);
    }
    return frame.segment(storage.id());
  }

  Buffer buffer(Value value) {
    Buffer other = bound.get(value.id());
    Buffer buffer = other == null ? owned.get(value.id()) : other;
    if (buffer == null) {
      throw new BackendException(
          "'" + value.name() + "' is neither an input, an output nor an observed value");
    }
    return buffer;
  }

  void bind(Value value, Buffer buffer) {
    Storage storage = storage(value);
    MemorySegment memory =
        buffer
            .hostView()
            .filter(MemorySegment::isNative)
            .orElseThrow(() ->
                new BackendException(
                    "'" + value.name() + "' needs a buffer in native host memory"));
    if (memory.address() % 64 != 0) {
      throw new BackendException(
          "'" + value.name() + "' needs a buffer that starts at a multiple of 64 bytes");
    }
    bound.put(value.id(), buffer);
    boundStorages.removeIf(other -> other.id() == storage.id());
    boundStorages.add(storage);
    frame.place(storage.id(), memory, 0);
  }

  private Storage storage(Value value) {
    Storage storage = bufferStorage.get(value.id());
    if (storage == null) {
      throw new BackendException("'" + value.name() + "' is neither an input nor an output");
    }
    return storage;
  }

  /** Makes memory ready for the sizes of the symbols. */
  void prepare() {
    program.extents().resolve(symbols, sizes);
    if (growing && !Arrays.equals(symbols, planned)) {
      place(current);
      System.arraycopy(symbols, 0, planned, 0, symbols.length);
    }
    placeDataSized();
    for (int i = 0; i < boundStorages.size(); i++) {
      checkBound(boundStorages.get(i));
    }
  }

  private void checkBound(Storage storage) {
    if (bound.get(storage.value().id()) instanceof SessionBuffer buffer) {
      frame.place(storage.id(), buffer.memory(), 0);
    }
    long bytes = storage.bytes().applyAsLong(current);
    long size = frame.segment(storage.id()).byteSize();
    if (size < bytes) {
      throw new BackendException(
          "the buffer bound to '%s' has %d bytes, and %d are needed"
              .formatted(storage.value().name(), size, bytes));
    }
  }

  /** Runs the program once. */
  void run() {
    runner.run();
  }

  /** The shape of a value in the last run. */
  Shape shape(Value value) {
    long[] dims = new long[value.type().rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = frame.size(value.type().dim(i));
      if (dims[i] < 0) {
        throw new BackendException("'" + value.name() + "' has no shape before the first run");
      }
    }
    return Shape.of(dims);
  }

  @Override
  public void bind(List<Value> values, List<Shape> shapes) {
    var bindings = new Bindings(known());
    bindings.bind(values, shapes);
    take(bindings);
    program.extents().resolve(symbols, sizes);
    placeDataSized();
    for (Storage storage : program.dataSized()) {
      if (storage.kind() == Storage.Kind.OUTPUT && bound.containsKey(storage.value().id())) {
        checkBound(storage);
      }
    }
  }

  /** Places what depends on data, as far as its size is known by now. */
  private void placeDataSized() {
    if (program.dataSized().isEmpty()) {
      return;
    }
    for (Map.Entry<Integer, GrowingMemory> entry : dataSized.entrySet()) {
      long bytes = program.storages().get(entry.getKey()).bytes().applyAsLong(current);
      frame.place(entry.getKey(), entry.getValue().atLeast(bytes), 0);
    }
    for (Storage storage : program.dataSized()) {
      if (storage.kind() == Storage.Kind.OUTPUT) {
        own(storage, storage.bytes().applyAsLong(current));
      }
    }
    placeScratch(current);
  }

  private Map<String, Long> known() {
    Map<String, Long> known = new HashMap<>();
    List<Dim.Symbol> names = program.extents().symbols();
    for (int i = 0; i < names.size(); i++) {
      if (symbols[i] >= 0) {
        known.put(names.get(i).name(), symbols[i]);
      }
    }
    return known;
  }

  private void take(Bindings bindings) {
    List<Dim.Symbol> names = program.extents().symbols();
    for (int i = 0; i < names.size(); i++) {
      Long size = bindings.sizes().get(names.get(i).name());
      symbols[i] = size == null ? -1 : size;
    }
  }

  @Override
  public List<Array> run(Graph subgraph, List<Array> inputs) {
    Instance body =
        bodies.computeIfAbsent(
            subgraph,
            graph -> new Instance(program.subprogram(graph), executable, null, null, null));
    Map<String, Array> arguments = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      arguments.put(subgraph.inputs().get(i).name(), inputs.get(i));
    }
    return body.call(arguments, known());
  }

  /** Runs a body; inputs that became constants are ignored. */
  private List<Array> call(Map<String, Array> arguments, Map<String, Long> outer) {
    List<Value> inputs = program.graph().inputs();
    var bindings = new Bindings();
    bindings.bind(
        inputs, inputs.stream().map(input -> arguments.get(input.name()).shape()).toList());
    bindings.putIfAbsent(outer);
    take(bindings);
    for (Value input : inputs) {
      Array array = arguments.get(input.name());
      if (array.dtype() != input.type().dtype()) {
        throw new GraphException("input '%s' has dtype %s".formatted(input, array.dtype()));
      }
      array.store(input(input, array.byteSize()), 0);
    }
    prepare();
    run();
    return program.graph().outputs().stream().map(value -> result(value, arguments)).toList();
  }

  private Array result(Value value, Map<String, Array> arguments) {
    if (program.graph().inputs().contains(value)) {
      return arguments.get(value.name());
    }
    Shape shape = shape(value);
    Storage storage = storage(value);
    long bytes = value.type().dtype().byteSize(shape.elements());
    MemorySegment memory = frame.segment(storage.id()).asSlice(0, bytes);
    Array shown = Array.of(new Tensor(value.type().dtype(), shape, memory));
    return new Array(value.type().dtype(), shape, shown.values());
  }

  List<TimelineEvent> timeline() {
    return runner.timeline();
  }

  List<NodeTiming> timings() {
    return runner.timings();
  }

  @Override
  public void close() {
    bodies.values().forEach(Instance::close);
    owned.values().forEach(SessionBuffer::close);
    dataSized.values().forEach(GrowingMemory::close);
    activations.close();
    scratch.close();
  }
}
