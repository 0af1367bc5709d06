package dev.gatun.pipelines.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network that a pipeline runs at fixed shapes, known by the names of its inputs. Its file leaves
 * them open, though it fits together for few of them.
 *
 * @param required inputs that it has
 * @param optional inputs that some of its files have
 * @param shapes those of its pipeline, by input
 */
public record KnownNetwork(Set<String> required, Set<String> optional, Map<String, Shape> shapes) {
  /** Silero-vad of version 5 or 6: 32 ms of sound, with 4 ms of what came before, and a state. */
  public static final KnownNetwork VOICE_ACTIVITY =
      new KnownNetwork(
          Set.of("input", "state"),
          Set.of("sr"),
          Map.of("input", Shape.of(1, 64 + 512), "state", Shape.of(2, 1, 128)));

  public KnownNetwork {
    required = Set.copyOf(required);
    optional = Set.copyOf(optional);
    shapes = Map.copyOf(shapes);
  }

  private boolean is(Set<String> inputs) {
    return inputs.containsAll(required)
        && inputs.stream().allMatch(name -> required.contains(name) || optional.contains(name));
  }

  /** The shapes of a file's inputs; none where nobody knows it. */
  static Map<String, Shape> shapes(Path file) {
    try (OnnxFile opened = OnnxFile.open(file)) {
      Set<String> inputs =
          opened.model().graph().inputs().stream()
              .map(OnnxValueInfo::name)
              .collect(Collectors.toSet());
      return VOICE_ACTIVITY.is(inputs) ? VOICE_ACTIVITY.shapes() : Map.of();
    }
  }
}
