package dev.gatun.quantize.onnx;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How an ONNX model is quantized. Immutable; start from {@link #of}.
 *
 * @param scheme what becomes of its nodes
 * @param exclude nodes whose name has one of these are left
 * @param target where the result shall run; what it would refuse is reported
 * @param activations examples, for schemes that calibrate
 * @param dims sizes that named extents of the inputs get
 * @param notes what is kept in the metadata of the result, beside the scheme
 */
public record OnnxQuantizeOptions(
    OnnxScheme scheme,
    List<Pattern> exclude,
    Optional<OnnxTarget> target,
    Optional<ActivationSource> activations,
    Map<String, Long> dims,
    Map<String, String> notes) {
  public OnnxQuantizeOptions {
    Objects.requireNonNull(scheme);
    exclude = List.copyOf(exclude);
    Objects.requireNonNull(target);
    Objects.requireNonNull(activations);
    dims = Map.copyOf(dims);
    notes = Map.copyOf(notes);
  }

  /** Nothing excluded, no target, no examples. */
  public static OnnxQuantizeOptions of(OnnxScheme scheme) {
    return new OnnxQuantizeOptions(
        scheme, List.of(), Optional.empty(), Optional.empty(), Map.of(), Map.of());
  }

  public OnnxQuantizeOptions withExclude(List<Pattern> patterns) {
    return new OnnxQuantizeOptions(scheme, patterns, target, activations, dims, notes);
  }

  public OnnxQuantizeOptions withTarget(Optional<OnnxTarget> wanted) {
    return new OnnxQuantizeOptions(scheme, exclude, wanted, activations, dims, notes);
  }

  public OnnxQuantizeOptions withActivations(ActivationSource source) {
    return new OnnxQuantizeOptions(scheme, exclude, target, Optional.of(source), dims, notes);
  }

  public OnnxQuantizeOptions withDims(Map<String, Long> sizes) {
    return new OnnxQuantizeOptions(scheme, exclude, target, activations, sizes, notes);
  }

  public OnnxQuantizeOptions withNotes(Map<String, String> kept) {
    return new OnnxQuantizeOptions(scheme, exclude, target, activations, dims, kept);
  }

  /** Whether a node is excluded. */
  boolean isExcluded(String node) {
    return exclude.stream().anyMatch(pattern -> pattern.matcher(node).find());
  }
}
