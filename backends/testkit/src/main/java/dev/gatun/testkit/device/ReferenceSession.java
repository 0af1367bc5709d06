package dev.gatun.testkit.device;

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
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** A running interpreter. Unlike other devices' it allocates in each submission. */
final class ReferenceSession implements ExecutableSession {
  private final Graph graph;
  private final CompileOptions compileOptions;
  private final HandleCount.Handle handle;
  private final ReferenceInterpreter interpreter;
  private final ReferenceStates states;
  private final Sequences sequences;
  private final Buffers buffers;
  private final StateFile stateFile;

  ReferenceSession(
      Graph graph, CompileOptions compileOptions, SessionOptions options, HandleCount handles) {
    this.graph = graph;
    this.compileOptions = compileOptions;
    interpreter = new ReferenceInterpreter(graph);
    states = new ReferenceStates(graph.states());
    sequences = new Sequences(options);
    buffers =
        new Buffers(
            graph,
            compileOptions.observe(),
            options,
            bytes -> HostBuffer.allocate("reference:0", bytes));
    stateFile = new StateFile(graph);
    // Last, so that a constructor that fails leaves no handle open.
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
    if (!graph.states().isEmpty()) {
      sequences.append(batch);
    }
    try {
      Map<String, Array> results =
          interpreter.run(inputs.read(buffers::get), states, compileOptions.observe());
      graph.outputs().forEach(value -> buffers.store(value, results.get(value.name())));
      for (Node node : graph.nodes()) {
        node.outputs().stream()
            .filter(value -> compileOptions.observe().contains(value.name()))
            .forEach(value -> buffers.store(value, results.get(value.name())));
      }
    } catch (GraphException e) {
      throw new BackendException(graph.name() + ": " + e.getMessage(), e);
    }
    return Fence.DONE;
  }

  @Override
  public void openSequence(int sequence) {
    checkState();
    sequences.open(sequence, 0);
  }

  @Override
  public void closeSequence(int sequence) {
    checkState();
    sequences.close(sequence);
    states.remove(sequence);
  }

  @Override
  public void truncate(int sequence, int positions) {
    checkState();
    sequences.truncate(sequence, positions);
    states.truncate(sequence, positions);
  }

  @Override
  public void fork(int source, int target) {
    checkState();
    sequences.open(target, sequences.length(source));
    states.copy(source, target);
  }

  @Override
  public void save(int sequence, OutputStream out) throws IOException {
    checkState();
    stateFile.save(states, sequence, sequences.length(sequence), out);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    checkState();
    sequences.requireFree(sequence);
    boolean done = false;
    try {
      int positions = stateFile.restore(states, sequence, sequences, in);
      sequences.open(sequence, positions);
      done = true;
    } finally {
      if (!done) {
        states.remove(sequence);
      }
    }
  }

  @Override
  public List<NodeTiming> timings() {
    if (!compileOptions.profile()) {
      return List.of();
    }
    return graph.nodes().stream()
        .map(node ->
            new NodeTiming(
                node.name(),
                "reference." + node.op().type(),
                interpreter.runs(node),
                interpreter.nanoseconds(node)))
        .toList();
  }

  @Override
  public void close() {
    if (handle.close()) {
      buffers.close();
    }
  }

  private void checkOpen() {
    if (handle.isClosed()) {
      throw new BackendException(graph.name() + ": the session is closed");
    }
  }

  private void checkState() {
    checkOpen();
    if (graph.states().isEmpty()) {
      throw new BackendException(
          "%s keeps no state: %s".formatted(graph.name(), StateCapabilities.STATELESS));
    }
  }
}
