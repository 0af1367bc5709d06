package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goals as users write them. */
class ObjectiveTest {
  private static Measurement measured(double accuracy, long bytes, double seconds) {
    return new Measurement(accuracy, 1 - accuracy, bytes, seconds, "cpu");
  }

  @Test
  void limitsAndOneMetricToImprove() {
    Objective goal = Objective.parse("accuracy>=0.9, size<=1.5M,latency");
    assertEquals(
        List.of(
            new Objective.Limit(Metric.ACCURACY, 0.9),
            new Objective.Limit(Metric.SIZE, 1.5 * (1 << 20))),
        goal.limits());
    assertEquals(Metric.LATENCY, goal.best());
    assertEquals(0.02, Objective.parse("latency<=20ms,size").limits().getFirst().value(), 1e-12);
    assertEquals(Metric.LATENCY, Objective.parse("kld<=0.05").best());
  }

  @Test
  void limitsCountBeforeTheMetric() {
    Objective goal = Objective.parse("accuracy>=0.9,latency");
    Measurement good = measured(0.95, 10, 2);
    Measurement fastButWrong = measured(0.5, 5, 1);
    assertTrue(goal.met(good));
    assertFalse(goal.met(fastButWrong));
    assertTrue(goal.prefers(good, fastButWrong));
    assertTrue(goal.prefers(measured(0.91, 10, 1), good));
    assertTrue(goal.prefers(measured(0.6, 10, 9), fastButWrong), "nearer to the limit");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    for (String wrong :
        List.of("", "speed", "accuracy<=0.9", "size>=3", "size,latency", "size<=", "size<=1x")) {
      var error = assertThrows(GatunException.class, () -> Objective.parse(wrong), wrong);
      assertEquals(GatunException.Kind.USAGE, error.kind());
    }
  }
}
