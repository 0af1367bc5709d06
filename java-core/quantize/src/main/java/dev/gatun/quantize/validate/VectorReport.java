package dev.gatun.quantize.validate;

import dev.gatun.models.eval.SortedSamples;
import dev.gatun.quantize.validate.Limits.Figure;
import java.util.List;

/**
 * Vectors compared with a reference's: of an encoder for many texts.
 *
 * @param cosines one per text
 * @param notFinite numbers that are NaN or infinite where the reference's are not
 */
public record VectorReport(SortedSamples cosines, long notFinite) {
  /**
   * Compares.
   *
   * @throws IllegalArgumentException when there are none, or not as many, or of other lengths
   */
  public static VectorReport of(List<float[]> reference, List<float[]> candidate) {
    if (reference.size() != candidate.size()) {
      throw new IllegalArgumentException(
          "%d vectors, reference of %d".formatted(candidate.size(), reference.size()));
    }
    float[] cosines = new float[reference.size()];
    long notFinite = 0;
    for (int i = 0; i < cosines.length; i++) {
      Agreement agreement = Agreement.of(reference.get(i), candidate.get(i));
      cosines[i] = (float) agreement.cosine();
      notFinite += agreement.notFinite();
    }
    return new VectorReport(SortedSamples.of(cosines), notFinite);
  }

  /** Each figure that has a limit. */
  public List<Verdict> verdicts(Limits limits) {
    return List.of(
        limits.judge(Figure.COSINE, cosines.mean()),
        limits.judge(Figure.LEAST_COSINE, cosines.min()),
        limits.judge(Figure.NOT_FINITE, (double) notFinite));
  }
}
