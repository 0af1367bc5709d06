package dev.gatun.bench.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.report.Interval;
import dev.gatun.bench.report.SampleReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static List<String> verdicts(double slower) {
    return Changes.of(SampleReport.of("m"), SampleReport.of("m", slower), 0.05).both().stream()
        .map(Changes.Change::verdict)
        .toList();
  }

  @Test
  void onlyWhatIsSlowerByMoreThanTheThresholdAndChanceIsARegression() {
    assertEquals(List.of("~", "REGRESSION", "~", "REGRESSION"), verdicts(1.2));
    assertEquals(
        List.of("~", "slower, within the threshold", "~", "slower, within the threshold"),
        verdicts(1.03));
    assertEquals(List.of("~", "faster", "~", "faster"), verdicts(0.8));
    assertFalse(Changes.of(SampleReport.of("m"), SampleReport.of("m"), 0.05).regressed());
  }

  @Test
  void rowsWithIntervalsThatMeetAgree() {
    assertEquals(4, Changes.of(SampleReport.of("m"), SampleReport.of("m", 1.001), 0.05).agreeing());
    assertEquals(2, Changes.of(SampleReport.of("m"), SampleReport.of("m", 1.2), 0.05).agreeing());
    var one = new Interval(2, 1, 3);
    assertTrue(one.overlaps(new Interval(3.5, 3, 4)));
    assertTrue(one.overlaps(new Interval(2, 1.5, 2.5)));
    assertFalse(one.overlaps(new Interval(4, 3.5, 5)));
    assertFalse(one.overlaps(new Interval(0.5, 0.2, 0.9)));
  }

  @Test
  void rowsOfOneReportAreNamed() {
    Changes changes = Changes.of(SampleReport.of("m"), SampleReport.of("other"), 0.05);
    assertTrue(changes.both().isEmpty());
    assertTrue(
        changes.notes().contains("only before: m embed offline cpu:x"), changes.notes()::toString);
    assertTrue(changes.notes().contains("only after: other run offline vector:512"));
  }
}
