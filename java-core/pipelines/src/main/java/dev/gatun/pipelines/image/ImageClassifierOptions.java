package dev.gatun.pipelines.image;

import dev.gatun.runtime.plan.Policy;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How pictures are classified. Immutable; start from {@link #DEFAULT}.
 *
 * @param policy how the planner chooses a device
 * @param labels a text file with one label a line; empty for the one beside the model
 * @param preparation how pictures are prepared; empty for what lies beside the model, else
 *     ImageNet's usual way
 * @param top most labels of a picture
 */
public record ImageClassifierOptions(
    Policy policy, Optional<Path> labels, Optional<ImagePreparation> preparation, int top) {
  public static final ImageClassifierOptions DEFAULT =
      new ImageClassifierOptions(Policy.auto(), Optional.empty(), Optional.empty(), 5);

  public ImageClassifierOptions {
    Objects.requireNonNull(policy);
    if (top < 1) {
      throw new IllegalArgumentException("top " + top);
    }
  }

  public ImageClassifierOptions withPolicy(Policy other) {
    return new ImageClassifierOptions(other, labels, preparation, top);
  }

  public ImageClassifierOptions withLabels(Path file) {
    return new ImageClassifierOptions(policy, Optional.of(file), preparation, top);
  }

  public ImageClassifierOptions withPreparation(ImagePreparation other) {
    return new ImageClassifierOptions(policy, labels, Optional.of(other), top);
  }

  public ImageClassifierOptions withTop(int labelsShown) {
    return new ImageClassifierOptions(policy, labels, preparation, labelsShown);
  }
}
