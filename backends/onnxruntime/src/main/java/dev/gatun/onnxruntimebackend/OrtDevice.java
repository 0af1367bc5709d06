package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.runtime.Settings;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A device of one execution provider, or those that the library selects. */
final class OrtDevice implements Device {
  private final DeviceInfo info;
  private final Host host;
  private final Target target;
  private final ProbeContext context;
  private final DeviceCapabilities capabilities;

  OrtDevice(DeviceInfo info, Host host, Target target, ProbeContext context) {
    this.info = info;
    this.host = host;
    this.target = target;
    this.context = context;
    Set<DType> formats = EnumSet.allOf(DType.class);
    formats.removeIf(dtype -> dtype == DType.STRING || !OnnxExport.weights(dtype).exact());
    capabilities =
        new DeviceCapabilities(formats, true, ModelExecutable.MAX_SEQUENCES, preference(target));
  }

  /** Whoever names a selection policy wants it before the library's CPU provider. */
  private static int preference(Target target) {
    return switch (target) {
      case Target.Selected ignored -> Preference.VENDOR_SELECTION;
      case Target.One one -> one.isCpu() ? Preference.VENDOR_CPU : Preference.ON_REQUEST;
    };
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
  public WeightUse weightUse(DType format) {
    OnnxExport.WeightUse use = OnnxExport.weights(format);
    return new WeightUse(use.exact(), use.how());
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    Map<Node, String> reasons = new HashMap<>();
    if (GraphModel.origin(graph).isEmpty()) {
      OnnxExport.refusals(graph, ExportOptions.DEFAULT)
          .forEach(refused -> reasons.put(refused.node(), refused.reason()));
    }
    return Assessment.byNode(
        graph,
        profiles,
        node -> Optional.ofNullable(reasons.get(node)).map(why -> new Refusal(node, why, "")));
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    if (options.deterministic()) {
      throw new BackendException(
          info.id()
              + " does not promise the same bits whatever runs together; use the backend cpu or"
              + " vector");
    }
    GraphModel model;
    try {
      model = GraphModel.of(slice.graph(), options.observe(), Activations.of(context, options));
    } catch (GraphException e) {
      throw new BackendException(e.getMessage(), e);
    }
    return new ModelExecutable(
        info.id(),
        host,
        slice.graph(),
        model,
        SessionFactory.of(host, target, context, options),
        profiles);
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    List<Tunable> open = new ArrayList<>();
    if (context.property(Settings.THREADS).isEmpty()) {
      open.add(threads(context.threads()));
    }
    Activations.tunable(context, graph).ifPresent(open::add);
    return open;
  }

  private static Tunable threads(int standard) {
    List<String> counts =
        IntStream.of(
                Math.max(1, standard / 2),
                standard,
                Math.max(standard, Runtime.getRuntime().availableProcessors()))
            .distinct()
            .mapToObj(Integer::toString)
            .toList();
    return Tunable.of(Tunable.THREADS, "worker threads", counts, Integer.toString(standard));
  }

  /** Handles that the library has given and not got back. */
  long liveHandleCount() {
    return host.runtime().live().total();
  }

  @Override
  public void close() {
    // The host belongs to the runtime.
  }
}
