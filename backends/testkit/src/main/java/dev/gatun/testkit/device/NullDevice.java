package dev.gatun.testkit.device;

import dev.gatun.engine.compiled.PaddingRules;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A device as awkward as a vendor's compiler may be, to prove that what drives it assumes nothing:
 * one sequence, a state that cannot be truncated, copied or saved, one fixed shape per profile with
 * smaller batches padded, memory that the host cannot address, and operations that happen only when
 * their fence is awaited. It computes as the reference does. Thread-safe.
 *
 * <p>It refuses op types on request, so that planning of slices can be tested.
 */
public final class NullDevice implements Device {
  static final String ID = "null:0";

  private final Set<String> refusedOps;
  private final HandleCount handles = new HandleCount();

  /** A device that takes all ops that it can pad. */
  public NullDevice() {
    this(Set.of());
  }

  /**
   * @param refusedOps names of op types ({@link dev.gatun.graph.op.Op#type}) to refuse
   */
  public NullDevice(Set<String> refusedOps) {
    this.refusedOps = Set.copyOf(refusedOps);
  }

  @Override
  public DeviceInfo info() {
    return new DeviceInfo(
        ID,
        "null",
        DeviceInfo.Kind.NPU,
        "opaque device of fixed shapes",
        0,
        Map.of("refuses", refusedOps.toString()));
  }

  @Override
  public DeviceCapabilities capabilities() {
    return new DeviceCapabilities(ReferenceDevice.everyFormat(), false, 1, -200);
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    return Assessment.byNode(graph, profiles, this::refuse);
  }

  private Optional<Refusal> refuse(Node node) {
    if (refusedOps.contains(node.op().type())) {
      return Optional.of(
          new Refusal(node, "was told to refuse " + node.op().type(), "run it on another device"));
    }
    return ReferenceDevice.refuseForeign(node)
        .or(() ->
            PaddingRules.problem(node)
                .map(problem -> new Refusal(node, problem, "run it on a device of any shape")));
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    ReferenceDevice.requireAccepted(assess(slice.graph(), profiles), slice.graph());
    ReferenceDevice.requireObservable(slice.graph(), options);
    return new NullExecutable(slice.graph(), profiles, options, handles);
  }

  /** Executables, sessions and buffers that are open. */
  public long liveHandles() {
    return handles.live();
  }

  /** Nothing to release. */
  @Override
  public void close() {}
}
