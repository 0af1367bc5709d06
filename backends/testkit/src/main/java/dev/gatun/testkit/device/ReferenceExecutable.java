package dev.gatun.testkit.device;

import dev.gatun.graph.Graph;
import dev.gatun.graph.State;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import java.util.List;

/** A graph for the interpreter. */
final class ReferenceExecutable implements Executable {
  private final Graph graph;
  private final CompileOptions options;
  private final HandleCount handles;
  private final HandleCount.Handle handle;
  private final int maxSequences;

  ReferenceExecutable(Graph graph, CompileOptions options, HandleCount handles, int maxSequences) {
    this.graph = graph;
    this.options = options;
    this.handles = handles;
    this.handle = handles.open();
    this.maxSequences = maxSequences;
  }

  @Override
  public StateCapabilities state() {
    return graph.states().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(Layout.CONTIGUOUS, maxSequences, true, true, true);
  }

  @Override
  public long stateBytes(int positions) {
    return stateBytes(graph, positions);
  }

  static long stateBytes(Graph graph, int positions) {
    long bytes = 0;
    for (State state : graph.states()) {
      bytes +=
          (long) state.spec().kvHeads()
              * (state.spec().keyDim() + state.spec().valueDim())
              * Double.BYTES
              * positions;
    }
    return bytes;
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  @Override
  public ExecutableSession newSession(SessionOptions sessionOptions) {
    if (handle.isClosed()) {
      throw new BackendException(graph.name() + ": the executable is closed");
    }
    if (sessionOptions.sequences() > maxSequences) {
      throw new BackendException(
          "%d sequences, at most %d".formatted(sessionOptions.sequences(), maxSequences));
    }
    return new ReferenceSession(graph, options, sessionOptions, handles);
  }

  @Override
  public List<NodePlacement> placement() {
    return graph.nodes().stream()
        .map(node -> new NodePlacement(node.name(), "reference." + node.op().type()))
        .toList();
  }

  @Override
  public void close() {
    handle.close();
  }
}
