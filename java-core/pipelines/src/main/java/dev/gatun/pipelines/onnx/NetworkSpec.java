package dev.gatun.pipelines.onnx;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.Shape;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which ONNX network is loaded, and for what. Immutable; start from {@link #of}.
 *
 * @param file the model
 * @param policy how the planner chooses a device
 * @param shapes of inputs whose shapes are known; symbols of the others stay open
 * @param outputs names of the outputs wanted, chosen when the graph is known
 * @param ranges sizes of the symbols that stay open, by name, chosen when the graph is known
 * @param digest identity of the model, the key of cached trials; empty for the graph's own
 * @param profile whether time per node is recorded
 */
public record NetworkSpec(
    Path file,
    Policy policy,
    Map<String, Shape> shapes,
    Function<Graph, List<String>> outputs,
    Function<Graph, Map<String, Range>> ranges,
    Optional<String> digest,
    boolean profile) {
  public NetworkSpec {
    Objects.requireNonNull(file);
    Objects.requireNonNull(policy);
    shapes = Map.copyOf(shapes);
  }

  /** All outputs, nothing known of its shapes. */
  public static NetworkSpec of(Path file, Policy policy) {
    return new NetworkSpec(
        file,
        policy,
        Map.of(),
        graph -> graph.outputs().stream().map(output -> output.name()).toList(),
        graph -> Map.of(),
        Optional.empty(),
        false);
  }

  /**
   * All outputs, at the sizes that a network usually has: those given, those that its pipeline
   * gives it ({@link KnownNetwork}), {@link UsualSizes} for the rest.
   *
   * @param given shapes of inputs, by name
   * @throws dev.gatun.formats.ModelFormatException when the file is missing or damaged
   */
  public static NetworkSpec usual(Path file, Policy policy, Map<String, Shape> given) {
    Map<String, Shape> all = new HashMap<>(KnownNetwork.shapes(file));
    all.putAll(given);
    return of(file, policy).withShapes(all).withRanges(UsualSizes::ranges);
  }

  public NetworkSpec withShapes(Map<String, Shape> known) {
    return new NetworkSpec(file, policy, known, outputs, ranges, digest, profile);
  }

  public NetworkSpec withOutputs(Function<Graph, List<String>> wanted) {
    return new NetworkSpec(file, policy, shapes, wanted, ranges, digest, profile);
  }

  public NetworkSpec withRanges(Function<Graph, Map<String, Range>> sizes) {
    return new NetworkSpec(file, policy, shapes, outputs, sizes, digest, profile);
  }

  public NetworkSpec withDigest(Optional<String> sha256) {
    return new NetworkSpec(file, policy, shapes, outputs, ranges, sha256, profile);
  }

  public NetworkSpec withProfile(boolean on) {
    return new NetworkSpec(file, policy, shapes, outputs, ranges, digest, on);
  }
}
