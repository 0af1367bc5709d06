package dev.gatun.runtime.fake;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

final class FakeSession implements ExecutableSession {
  private final FakeExecutable executable;
  private final SessionOptions options;
  private final ReferenceInterpreter interpreter;
  private final ReferenceStates states;
  private final Map<Integer, Integer> stored = new HashMap<>();
  private final Map<String, Buffer> buffers = new HashMap<>();
  private final Map<String, Shape> shapes = new HashMap<>();
  private final List<Buffer> owned = new ArrayList<>();
  private long runs;
  private boolean closed;

  FakeSession(FakeExecutable executable, SessionOptions options) {
    this.executable = executable;
    this.options = options;
    interpreter = new ReferenceInterpreter(executable.graph);
    states = new ReferenceStates(executable.graph.states());
    executable.graph.inputs().forEach(this::allocate);
    executable.graph.outputs().forEach(this::allocate);
    for (Node node : executable.graph.nodes()) {
      for (Value value : node.outputs()) {
        if (executable.options.observe().contains(value.name())) {
          allocate(value);
        }
      }
    }
    executable.device.live.incrementAndGet();
  }

  private void allocate(Value value) {
    if (!buffers.containsKey(value.name())) {
      HostBuffer memory =
          HostBuffer.allocate(
              executable.device.info().id(),
              value.type().dtype().byteSize(value.type().maxElements()));
      owned.add(memory);
      buffers.put(value.name(), executable.device.settings.hostVisible() ? memory : hide(memory));
    }
  }

  /** A buffer that the host cannot address. */
  private static Buffer hide(Buffer buffer) {
    return new Buffer() {
      @Override
      public String device() {
        return buffer.device();
      }

      @Override
      public long size() {
        return buffer.size();
      }

      @Override
      public Optional<MemorySegment> hostView() {
        return Optional.empty();
      }

      @Override
      public Fence write(long offset, MemorySegment source) {
        return buffer.write(offset, source);
      }

      @Override
      public Fence read(long offset, MemorySegment target) {
        return buffer.read(offset, target);
      }

      @Override
      public void close() {
        buffer.close();
      }
    };
  }

  @Override
  public Buffer buffer(Value value) {
    return buffers.get(value.name());
  }

  @Override
  public Shape shape(Value value) {
    return shapes.get(value.name());
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    buffers.put(value.name(), buffer);
  }

  @Override
  public Fence submit(Batch batch) {
    executable.device.submissions.incrementAndGet();
    if (executable.device.sleepMillis > 0) {
      try {
        Thread.sleep(executable.device.sleepMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Map<String, String> choices = executable.options.choices();
    executable.device.clock.addAndGet(executable.device.cost.applyAsLong(choices, batch.size()));
    if (executable.device.failure != null) {
      throw executable.device.failure;
    }
    checkLimits(batch);
    Bindings sizes = new Bindings();
    if (batch.size() > 0) {
      sizes.putIfAbsent(Map.of("tokens", (long) batch.size(), "rows", (long) batch.rowCount()));
    }
    batch
        .tensors()
        .forEach((name, tensor) ->
            executable.graph.inputs().stream()
                .filter(input -> input.name().equals(name))
                .forEach(input -> sizes.bind(List.of(input), List.of(tensor.shape()))));
    Map<String, Array> inputs = new HashMap<>();
    for (Value input : executable.graph.inputs()) {
      inputs.put(input.name(), input(input, batch, sizes));
    }
    Set<String> observed = new HashSet<>(executable.options.observe());
    interpreter
        .run(inputs, states, observed)
        .forEach((name, array) -> {
          MemorySegment bytes = Arena.ofAuto().allocate(Math.max(array.byteSize(), 1), 64);
          array.store(bytes, 0);
          if (array.byteSize() >= 4 && executable.device.error.applyAsDouble(choices) != 0) {
            float first = bytes.get(Tensor.F32_LE, 0);
            double more = executable.device.error.applyAsDouble(choices);
            bytes.set(Tensor.F32_LE, 0, (float) (first + more));
          }
          shapes.put(name, array.shape());
          buffers.get(name).write(0, bytes.asSlice(0, array.byteSize())).await();
        });
    if (!executable.graph.states().isEmpty()) {
      for (int i = 0; i < batch.size(); i++) {
        stored.merge(batch.sequence(i), 1, Integer::sum);
      }
    }
    runs++;
    return Fence.DONE;
  }

  private void checkLimits(Batch batch) {
    long most = 0;
    long rows = 0;
    for (ShapeProfile profile : executable.profiles) {
      if (profile.ranges().containsKey("tokens")) {
        most = Math.max(most, profile.ranges().get("tokens").max());
      }
      if (profile.ranges().containsKey("rows")) {
        rows = Math.max(rows, profile.ranges().get("rows").max());
      }
    }
    if (batch.size() > Math.min(most, options.batch())
        || (rows > 0 && batch.rowCount() > Math.min(rows, options.rows()))) {
      throw new AssertionError(
          "batch of %d tokens and %d rows is too large".formatted(batch.size(), batch.rowCount()));
    }
  }

  private Array input(Value input, Batch batch, Bindings sizes) {
    Tensor tensor = batch.tensors().get(input.name());
    if (tensor != null) {
      return Array.of(tensor);
    }
    return switch (input.name()) {
      case Batch.TOKENS -> ints(batch.size(), batch::token);
      case Batch.POSITIONS -> ints(batch.size(), batch::position);
      case Batch.SEQUENCES -> ints(batch.size(), batch::sequence);
      case Batch.ROWS -> ints(batch.rowCount(), batch::row);
      default -> {
        Shape shape = sizes.shape(input.type());
        long bytes = input.type().dtype().byteSize(shape.elements());
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(bytes, 1), 64).asSlice(0, bytes);
        buffers.get(input.name()).read(0, copy).await();
        yield Array.of(new Tensor(input.type().dtype(), shape, copy));
      }
    };
  }

  private static Array ints(int count, IntUnaryOperator get) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = get.applyAsInt(i);
    }
    return new Array(DType.I32, Shape.of(count), values);
  }

  @Override
  public void openSequence(int sequence) {
    if (stored.putIfAbsent(sequence, 0) != null) {
      throw new AssertionError("sequence is open");
    }
  }

  @Override
  public void closeSequence(int sequence) {
    stored.remove(sequence);
    states.remove(sequence);
  }

  @Override
  public void truncate(int sequence, int positions) {
    require(executable.state().truncate());
    if (stored.get(sequence) > 0) {
      states.truncate(sequence, positions);
    }
    stored.put(sequence, positions);
  }

  @Override
  public void fork(int source, int target) {
    require(executable.state().fork());
    states.copy(source, target);
    stored.put(target, stored.get(source));
  }

  @Override
  public void save(int sequence, OutputStream out) throws IOException {
    require(executable.state().save());
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(stored.get(sequence));
    states.write(sequence, stored.get(sequence), data);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    require(executable.state().save());
    DataInputStream data = new DataInputStream(in);
    int positions = data.readInt();
    if (positions < 0 || positions > options.positions()) {
      throw new IOException("damaged");
    }
    states.read(sequence, positions, data);
    stored.put(sequence, positions);
  }

  private static void require(boolean offered) {
    if (!offered) {
      throw new BackendException("not offered");
    }
  }

  @Override
  public List<NodeTiming> timings() {
    if (!executable.options.profile()) {
      return List.of();
    }
    return executable.graph.nodes().stream()
        .map(node -> new NodeTiming(node.name(), "reference", runs, 1000 * runs))
        .toList();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      owned.forEach(Buffer::close);
      executable.device.live.decrementAndGet();
    }
  }
}
