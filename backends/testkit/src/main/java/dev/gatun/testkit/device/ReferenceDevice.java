package dev.gatun.testkit.device;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The reference interpreter as a device: any graph without foreign ops, many sequences, everything
 * that a state can do. Slow; what other devices are compared with. Thread-safe.
 */
public final class ReferenceDevice implements Device {
  private static final int MAX_SEQUENCES = 4096;

  private final HandleCount handles = new HandleCount();

  /** A device of its own. */
  public ReferenceDevice() {}

  @Override
  public DeviceInfo info() {
    return new DeviceInfo(
        "reference:0",
        "reference",
        DeviceInfo.Kind.CPU,
        "reference interpreter",
        0,
        Map.of("precision", "double"));
  }

  @Override
  public DeviceCapabilities capabilities() {
    return new DeviceCapabilities(everyFormat(), true, MAX_SEQUENCES, -100);
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    return Assessment.byNode(graph, profiles, ReferenceDevice::refuseForeign);
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    requireAccepted(assess(slice.graph(), profiles), slice.graph());
    requireObservable(slice.graph(), options);
    return new ReferenceExecutable(slice.graph(), options, handles, MAX_SEQUENCES);
  }

  /** Executables and sessions that are open. */
  public long liveHandles() {
    return handles.live();
  }

  /** Nothing to release. */
  @Override
  public void close() {}

  static Set<DType> everyFormat() {
    return EnumSet.complementOf(EnumSet.of(DType.STRING));
  }

  static Optional<Refusal> refuseForeign(Node node) {
    return foreign(node.op())
        .map(op ->
            new Refusal(
                node,
                "the op %s of domain '%s' has no reference".formatted(op.type(), op.domain()),
                "run it on a backend that knows the op"));
  }

  private static Optional<ForeignOp> foreign(Op op) {
    return switch (op) {
      case ForeignOp known -> Optional.of(known);
      case If branches -> foreign(branches.thenBranch()).or(() -> foreign(branches.elseBranch()));
      case Loop loop -> foreign(loop.body());
      case Scan scan -> foreign(scan.body());
      default -> Optional.empty();
    };
  }

  private static Optional<ForeignOp> foreign(Graph body) {
    return body.nodes().stream().flatMap(node -> foreign(node.op()).stream()).findFirst();
  }

  static void requireAccepted(Assessment assessment, Graph graph) {
    if (!assessment.refusals().isEmpty()) {
      Refusal first = assessment.refusals().getFirst();
      throw new BackendException(
          "%s: node '%s': %s".formatted(graph.name(), first.node().name(), first.reason()));
    }
  }

  static void requireObservable(Graph graph, CompileOptions options) {
    Set<String> unknown = new TreeSet<>(options.observe());
    graph.inputs().forEach(value -> unknown.remove(value.name()));
    for (Node node : graph.nodes()) {
      node.outputs().forEach(value -> unknown.remove(value.name()));
    }
    if (!unknown.isEmpty()) {
      throw new BackendException(graph.name() + " has no values " + unknown + " to observe");
    }
  }
}
