package dev.gatun.quantize.optimize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes artifacts of one model by recipes, and knows what was hurt in them. Used by one thread. */
public interface Craft<R extends Recipe> {
  /** Ending of an artifact's name, such as {@code .gguf}. */
  String suffix();

  /** All that decides an artifact's bytes beside the recipe: digests of what is read. */
  String identity(R recipe);

  /**
   * Makes an artifact.
   *
   * @throws dev.gatun.quantize.onnx.NoGainException when the recipe changes nothing in this model,
   *     or does not make it smaller
   * @throws IOException when it cannot be written
   */
  void make(R recipe, Path target) throws IOException;

  /**
   * How far an artifact's weights are from the original's.
   *
   * @throws IOException when it cannot be read
   */
  Discrepancy check(Path artifact) throws IOException;

  /**
   * Why an artifact is of no use where it shall run; empty when nothing is known against it.
   *
   * @throws IOException when it cannot be read
   */
  default Optional<String> refusal(Path artifact) throws IOException {
    return Optional.empty();
  }

  /**
   * The recipe with precision given back to what was hurt most, ever more of it; empty when nothing
   * was hurt.
   *
   * @throws IOException when the artifact cannot be read
   */
  List<R> milder(R recipe, Path artifact) throws IOException;
}
