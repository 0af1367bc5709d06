package dev.gatun.testkit.device;

import dev.gatun.engine.compiled.FixedShapes;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One request of the opaque device. */
final class NullSession implements ExecutableSession {
  private final Graph graph;
  private final FixedShapes shapes;
  private final CompileOptions compileOptions;
  private final HandleCount.Handle handle;
  private final ReferenceInterpreter interpreter;
  private final ReferenceStates states;
  private final Sequences sequences;
  private final LazyQueue queue = new LazyQueue();
  private final Buffers buffers;
  private final List<Value> results = new ArrayList<>();

  NullSession(
      Graph graph,
      FixedShapes shapes,
      CompileOptions compileOptions,
      SessionOptions options,
      HandleCount handles) {
    this.graph = graph;
    this.shapes = shapes;
    this.compileOptions = compileOptions;
    interpreter = new ReferenceInterpreter(graph);
    states = new ReferenceStates(graph.states());
    sequences = new Sequences(options);
    buffers =
        new Buffers(
            graph,
            compileOptions.observe(),
            options,
            bytes -> new OpaqueBuffer(bytes, queue, handles.open()));
    results.addAll(graph.outputs());
    for (Node node : graph.nodes()) {
      node.outputs().stream()
          .filter(value -> compileOptions.observe().contains(value.name()))
          .forEach(results::add);
    }
    handle = handles.open();
  }

  @Override
  public Buffer buffer(Value value) {
    checkOpen();
    return buffers.get(value);
  }

  @Override
  public Shape shape(Value value) {
    checkOpen();
    return buffers.shape(value);
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    checkOpen();
    buffers.bind(value, buffer);
  }

  @Override
  public Fence submit(Batch batch) {
    checkOpen();
    sequences.checkSize(batch);
    Inputs inputs = new Inputs(graph, batch);
    Bindings padded = shapes.fit(inputs.sizes());
    if (!graph.states().isEmpty()) {
      sequences.append(batch);
    }
    return queue.enqueue(() -> run(inputs, padded));
  }

  private void run(Inputs inputs, Bindings padded) {
    Map<String, Array> arrays = new HashMap<>();
    Map<String, Array> actual = inputs.read(buffers::get);
    for (Value input : graph.inputs()) {
      arrays.put(input.name(), Padding.pad(input, actual.get(input.name()), padded));
    }
    Map<String, Array> made;
    try {
      made = interpreter.run(arrays, states, compileOptions.observe());
    } catch (GraphException e) {
      throw new BackendException(graph.name() + ": " + e.getMessage(), e);
    }
    states.remove(Padding.SEQUENCE);
    for (Value value : results) {
      Shape shape = inputs.sizes().shape(value.type());
      Buffer buffer = buffers.get(value);
      if (buffer instanceof OpaqueBuffer own) {
        own.spoil();
      }
      buffers.store(value, Padding.crop(made.get(value.name()), shape));
    }
  }

  @Override
  public void openSequence(int sequence) {
    checkState("sequences");
    sequences.open(sequence, 0);
  }

  @Override
  public void closeSequence(int sequence) {
    checkState("sequences");
    sequences.close(sequence);
    queue.enqueue(() -> states.remove(sequence));
  }

  @Override
  public void truncate(int sequence, int positions) {
    throw refuse("truncating");
  }

  @Override
  public void fork(int source, int target) {
    throw refuse("copying");
  }

  @Override
  public void save(int sequence, OutputStream out) {
    throw refuse("saving");
  }

  @Override
  public void restore(int sequence, InputStream in) {
    throw refuse("restoring");
  }

  /** None: a vendor's compiler tells no times of single nodes. */
  @Override
  public List<NodeTiming> timings() {
    return List.of();
  }

  @Override
  public void close() {
    if (handle.close()) {
      buffers.close();
    }
  }

  private BackendException refuse(String what) {
    return new BackendException(
        graph.name() + ": the state is opaque, " + what + " is not offered");
  }

  private void checkOpen() {
    if (handle.isClosed()) {
      throw new BackendException(graph.name() + ": the session is closed");
    }
  }

  private void checkState(String what) {
    checkOpen();
    if (graph.states().isEmpty()) {
      throw new BackendException(graph.name() + " keeps no state and no " + what);
    }
  }
}
