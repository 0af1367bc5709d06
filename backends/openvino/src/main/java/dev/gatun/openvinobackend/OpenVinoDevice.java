package dev.gatun.openvinobackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.openvinobackend.lower.Acceptance;
import dev.gatun.openvinobackend.lower.Lowering;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device of OpenVINO's. */
final class OpenVinoDevice implements Device {
  /** Most sequences of one session: each has a request of its own. */
  static final int MAX_SEQUENCES = 256;

  private final DeviceInfo info;
  private final DeviceCapabilities capabilities;
  private final Target target;

  /**
   * @param name as OpenVINO calls it
   */
  OpenVinoDevice(DeviceInfo info, String name, SharedCore core, ProbeContext context) {
    this.info = info;
    var settings = new OpenVinoSettings(context);
    // OpenVINO's table of features: no dynamic shapes on an NPU.
    boolean fixed = settings.isStatic() || info.kind() == DeviceInfo.Kind.NPU;
    target = new Target(info, name, core, settings, context, fixed);
    Set<DType> formats = EnumSet.allOf(DType.class);
    formats.remove(DType.STRING);
    capabilities = new DeviceCapabilities(formats, !fixed, MAX_SEQUENCES, preference(info.kind()));
  }

  /** GPUs and NPUs were never run: only when they are asked for. */
  private static int preference(DeviceInfo.Kind kind) {
    return kind == DeviceInfo.Kind.CPU ? Preference.VENDOR_CPU : Preference.ON_REQUEST;
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public DeviceCapabilities capabilities() {
    return capabilities;
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    List<Refusal> refusals =
        graph.nodes().stream().flatMap(node -> refusal(graph, node).stream()).toList();
    if (refusals.isEmpty() || FileModel.of(target, graph).isEmpty()) {
      Map<Integer, Refusal> byNode = new HashMap<>();
      refusals.forEach(refusal -> byNode.put(refusal.node().id(), refusal));
      return Assessment.byNode(graph, profiles, node -> Optional.ofNullable(byNode.get(node.id())));
    }
    // What is not lowered OpenVINO reads from the file.
    return Assessment.byNode(graph, profiles, node -> Optional.empty());
  }

  private Optional<Refusal> refusal(Graph graph, Node node) {
    Optional<String> reason = new Acceptance(graph).refusal(node);
    if (reason.isEmpty() && target.fixed() && !graph.states().isEmpty()) {
      reason = Optional.of("a state grows, and shapes are fixed on this device");
    }
    return reason.map(text -> new Refusal(node, text, ""));
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    if (options.deterministic()) {
      throw new BackendException(
          info.id()
              + " does not promise the same bits for other divisions into submissions; leave out"
              + " --deterministic, or take another backend");
    }
    Assessment assessment = assess(slice.graph(), profiles);
    if (!assessment.refusals().isEmpty()) {
      Refusal first = assessment.refusals().getFirst();
      throw new BackendException("node '%s': %s".formatted(first.node().name(), first.reason()));
    }
    try {
      return new OpenVinoExecutable(target, slice.graph(), profiles, options);
    } catch (NativeCallException e) {
      throw new BackendException(
          "%s does not compile %s: %s".formatted(info.id(), slice.graph().name(), e.getMessage()),
          e);
    }
  }

  @Override
  public WeightUse weightUse(DType format) {
    return Lowering.weightUse(format, target.minima(CompileOptions.DEFAULT));
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    boolean compressed =
        graph.constants().stream().map(Constant::data).anyMatch(data -> data.dtype().isBlocked());
    return target.settings().tunables(compressed);
  }

  @Override
  public void close() {
    // The core belongs to the runtime.
  }
}
