package dev.gatun.quantize.validate;

import dev.gatun.models.eval.Accuracy;
import dev.gatun.quantize.validate.Limits.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well two models do on a labelled file.
 *
 * @param measures at least one; the first is judged
 */
public record TaskReport(List<Measure> measures) {
  public TaskReport {
    measures = List.copyOf(measures);
  }

  /**
   * One way of counting.
   *
   * @param changed examples that the candidate answers otherwise than the reference, right or wrong
   */
  public record Measure(String name, Accuracy reference, Accuracy candidate, int changed) {
    /**
     * Compares answers with labels.
     *
     * @throws IllegalArgumentException when there are not as many
     */
    public static <T> Measure of(
        String name, List<T> labels, List<T> reference, List<T> candidate) {
      if (labels.size() != reference.size() || labels.size() != candidate.size()) {
        throw new IllegalArgumentException(
            "%d labels, %d and %d answers"
                .formatted(labels.size(), reference.size(), candidate.size()));
      }
      long changed =
          IntStream.range(0, labels.size())
              .filter(i -> !reference.get(i).equals(candidate.get(i)))
              .count();
      return new Measure(
          name, accuracy(labels, reference), accuracy(labels, candidate), (int) changed);
    }

    private static <T> Accuracy accuracy(List<T> labels, List<T> answers) {
      return new Accuracy(
          IntStream.range(0, labels.size())
              .mapToObj(i -> labels.get(i).equals(answers.get(i)))
              .toList());
    }
  }

  /**
   * Labels of vectors by their nearest neighbour: that of the most similar other vector, by cosine.
   *
   * @param vectors one per label, at least two
   */
  public static List<String> nearest(List<float[]> vectors, List<String> labels) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      int best = -1;
      double closest = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < vectors.size(); j++) {
        double cosine = i == j ? 0 : Agreement.of(vectors.get(i), vectors.get(j)).cosine();
        if (i != j && cosine > closest) {
          closest = cosine;
          best = j;
        }
      }
      answers.add(best < 0 ? "" : labels.get(best));
    }
    return answers;
  }

  /** Each figure that has a limit. */
  public List<Verdict> verdicts(Limits limits) {
    Measure judged = measures.getFirst();
    double accuracy = judged.candidate().value().value();
    double loss = judged.reference().value().value() - accuracy;
    return List.of(
        limits.judge(Figure.TASK_ACCURACY, accuracy), limits.judge(Figure.TASK_LOSS, loss));
  }
}
