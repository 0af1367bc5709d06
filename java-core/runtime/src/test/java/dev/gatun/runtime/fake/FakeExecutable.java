package dev.gatun.runtime.fake;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import java.util.List;

final class FakeExecutable implements Executable {
  final FakeDevice device;
  final Graph graph;
  final List<ShapeProfile> profiles;
  final CompileOptions options;
  private boolean closed;

  FakeExecutable(
      FakeDevice device, Graph graph, List<ShapeProfile> profiles, CompileOptions options) {
    this.device = device;
    this.graph = graph;
    this.profiles = profiles;
    this.options = options;
    device.live.incrementAndGet();
  }

  @Override
  public StateCapabilities state() {
    return graph.states().isEmpty() ? StateCapabilities.STATELESS : device.settings.state();
  }

  @Override
  public long stateBytes(int positions) {
    return graph.states().stream().mapToLong(s -> s.spec().bytesPerPosition() * positions).sum();
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  @Override
  public ExecutableSession newSession(SessionOptions sessionOptions) {
    if (!graph.states().isEmpty() && sessionOptions.sequences() > state().maxSequences()) {
      throw new BackendException("too many sequences");
    }
    return new FakeSession(this, sessionOptions);
  }

  @Override
  public List<NodePlacement> placement() {
    return graph.nodes().stream().map(node -> new NodePlacement(node.name(), "reference")).toList();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.live.decrementAndGet();
    }
  }
}
