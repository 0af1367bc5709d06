package dev.gatun.quantize.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.quantize.validate.Limits.Figure;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgreementTest {
  @Test
  void signalToNoiseIsThatOfItsDefinition() {
    Agreement agreement = Agreement.of(new float[] {3, 4}, new float[] {3, 4.5f});
    assertEquals(10 * Math.log10(25 / 0.25), agreement.snr(), 1e-12);
    assertEquals(0.5, agreement.largest());
    assertEquals(27 / Math.sqrt(25 * (9 + 20.25)), agreement.cosine(), 1e-12);
    assertFalse(agreement.exact());
  }

  @Test
  void equalNumbersAreExactAndNoNumbersCount() {
    assertTrue(Agreement.of(new float[] {0, 1}, new float[] {0, 1}).exact());
    assertTrue(Agreement.of(new float[2], new float[2]).exact());
    Agreement broken =
        Agreement.of(new float[] {1, 2, Float.NaN}, new float[] {Float.NaN, 2, Float.NaN});
    assertEquals(1, broken.notFinite());
    assertFalse(broken.exact());
    assertEquals(0, Agreement.of(new float[] {1, 0}, new float[] {0, 1}).cosine());
  }

  @Test
  void aFigureThatIsNoNumberIsPastItsLimit() {
    assertFalse(Limits.DEFAULT.judge(Figure.DIVERGENCE, Double.NaN).passed());
    assertFalse(Limits.DEFAULT.judge(Figure.SAME_TOP, Double.NaN).passed());
    assertTrue(Limits.DEFAULT.judge(Figure.SAME_TOP, 0.9).passed());
    assertFalse(Limits.of(Map.of("same-top", 0.95)).judge(Figure.SAME_TOP, 0.9).passed());
    assertThrows(GatunException.class, () -> Limits.of(Map.of("sametop", 1.0)));
  }

  @Test
  void vectorsAreComparedOneByOne() {
    VectorReport report =
        VectorReport.of(
            List.of(new float[] {1, 0}, new float[] {0, 2}),
            List.of(new float[] {1, 0}, new float[] {2, 2}));
    assertEquals(Math.sqrt(0.5), report.cosines().min(), 1e-6);
    assertEquals(1, report.cosines().max(), 1e-6);
    List<Verdict> verdicts = report.verdicts(Limits.DEFAULT);
    assertFalse(verdicts.getFirst().passed());
    assertTrue(verdicts.getLast().passed());
  }

  @Test
  void theStandardTextHasManySentences() {
    List<String> sentences = StandardText.sentences();
    assertTrue(sentences.size() > 150, "sentences: " + sentences.size());
    assertTrue(sentences.stream().allMatch(sentence -> sentence.length() < 500));
  }
}
