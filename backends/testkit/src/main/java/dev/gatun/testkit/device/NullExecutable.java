package dev.gatun.testkit.device;

import dev.gatun.engine.compiled.FixedShapes;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import java.util.List;

/** A graph compiled for a few exact shapes. */
final class NullExecutable implements Executable {
  private final Graph graph;
  private final FixedShapes shapes;
  private final CompileOptions options;
  private final HandleCount handles;
  private final HandleCount.Handle handle;

  NullExecutable(
      Graph graph, List<ShapeProfile> profiles, CompileOptions options, HandleCount handles) {
    this.graph = graph;
    this.shapes = new FixedShapes(graph, profiles);
    this.options = options;
    this.handles = handles;
    this.handle = handles.open();
  }

  @Override
  public StateCapabilities state() {
    return graph.states().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(Layout.OPAQUE, 1, false, false, false);
  }

  @Override
  public long stateBytes(int positions) {
    return ReferenceExecutable.stateBytes(graph, positions);
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
    if (!graph.states().isEmpty() && sessionOptions.sequences() > 1) {
      throw new BackendException(
          graph.name() + ": one sequence per session, not " + sessionOptions.sequences());
    }
    return new NullSession(graph, shapes, options, sessionOptions, handles);
  }

  @Override
  public List<NodePlacement> placement() {
    return graph.nodes().stream()
        .map(node -> new NodePlacement(node.name(), "null.block"))
        .toList();
  }

  @Override
  public void close() {
    handle.close();
  }
}
