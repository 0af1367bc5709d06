package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.PaddingRules;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.qnnbackend.lower.Acceptance;
import dev.gatun.qnnbackend.lower.LoweringOptions;
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
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device of QNN's: one library, and what it computes with. */
final class QnnDevice implements Device {
  /** Most sequences of one session: their caches lie outside of QNN. */
  static final int MAX_SEQUENCES = 256;

  private final Target target;
  private final DeviceCapabilities capabilities;

  /**
   * A device of a library.
   *
   * @param preference rank under the {@code auto} policy
   */
  QnnDevice(Target target, int preference) {
    this.target = target;
    Set<DType> formats = EnumSet.allOf(DType.class);
    formats.removeIf(format -> format == DType.STRING || !weightUse(format).exact());
    capabilities = new DeviceCapabilities(formats, false, MAX_SEQUENCES, preference);
  }

  @Override
  public DeviceInfo info() {
    return target.info();
  }

  @Override
  public DeviceCapabilities capabilities() {
    return capabilities;
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    ShapeProfile profile =
        profiles.isEmpty() ? new ShapeProfile("default", Map.of()) : profiles.getFirst();
    LoweringOptions options =
        new LoweringOptions(profile.typicalSizes(graph), target.settings().floats(), 1, Set.of());
    Acceptance acceptance =
        new Acceptance(graph, options, op -> target.qnn().backend().refusal(op));
    return Assessment.byNode(graph, profiles, node -> refusal(graph, acceptance, node));
  }

  private static Optional<Refusal> refusal(Graph graph, Acceptance acceptance, Node node) {
    Optional<String> reason =
        graph.states().isEmpty() ? Optional.empty() : PaddingRules.problem(node);
    return reason
        .or(() -> acceptance.refusal(node))
        .map(text -> new Refusal(node, text, "run it on another device"));
  }

  @Override
  public WeightUse weightUse(DType format) {
    boolean exact = format == DType.F16 || !(format.isFloat() || format.isBlocked());
    return new WeightUse(exact, exact ? "as stored" : "rounded to F16");
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    if (options.deterministic()) {
      throw new BackendException(
          info().id()
              + " does not promise the same bits for other divisions into submissions; leave out"
              + " --deterministic, or take another backend");
    }
    Assessment assessment = assess(slice.graph(), profiles);
    if (!assessment.refusals().isEmpty()) {
      Refusal first = assessment.refusals().getFirst();
      throw new BackendException("node '%s': %s".formatted(first.node().name(), first.reason()));
    }
    try {
      return new QnnExecutable(target, slice.graph(), profiles, options);
    } catch (NativeCallException e) {
      throw new BackendException(
          "%s does not compile %s: %s".formatted(info().id(), slice.graph().name(), e.getMessage()),
          e);
    }
  }

  @Override
  public void close() {
    // The library belongs to the runtime.
  }
}
