package dev.gatun.bench.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.method.Entry.Starter;
import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.DeviceConditions;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.report.Row.Accuracy.Verdict;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.ModelKind;
import dev.gatun.bench.task.QueryTest;
import dev.gatun.bench.task.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SideBySideTest {
  private static final List<BenchTest> TESTS =
      List.of(
          new QueryTest(ModelKind.NETWORK, Scenario.SINGLE_STREAM),
          new QueryTest(ModelKind.NETWORK, Scenario.OFFLINE));

  private final List<String> log = new ArrayList<>();

  private Starter starter(String device, double seconds, float answer, int failing) {
    List<Float> answers = List.of(answer, 1f);
    return new Starter(device, () -> new FakeContestant(device, seconds, answers, failing, log));
  }

  private SideBySide.Findings run(int rounds, Starter... starters) {
    var bench = new SideBySide(new BenchOptions(1, rounds, 0.1, 1, 0), _ -> {});
    bench.run(List.of(new Entry("model", 1, TESTS, List.of(starters))));
    return bench.findings();
  }

  @Test
  void devicesTakeTurnsAndEachRoundBeginsWithAnother() {
    run(2, starter("vector:512", 0.2, 1, -1), starter("cpu:x", 0.1, 1, -1));
    assertEquals(
        List.of(
            "open vector:512",
            "open cpu:x",
            "measure vector:512 0",
            "measure vector:512 1",
            "measure cpu:x 0",
            "measure cpu:x 1",
            "measure cpu:x 0",
            "measure cpu:x 1",
            "measure vector:512 0",
            "measure vector:512 1",
            "close vector:512",
            "close cpu:x"),
        log);
  }

  @Test
  void modelsTakeTurnsInTheSameRounds() {
    var bench = new SideBySide(new BenchOptions(1, 2, 0.1, 1, 0), _ -> {});
    List<BenchTest> one = TESTS.subList(0, 1);
    bench.run(
        List.of(
            new Entry("a", 1, one, List.of(starter("cpu:a", 0.1, 1, -1))),
            new Entry("b", 1, one, List.of(starter("cpu:b", 0.1, 1, -1)))));
    assertEquals(
        List.of(
            "open cpu:a",
            "open cpu:b",
            "measure cpu:a 0",
            "measure cpu:b 0",
            "measure cpu:b 0",
            "measure cpu:a 0",
            "close cpu:a",
            "close cpu:b"),
        log);
    assertEquals(List.of("a", "b"), bench.findings().rows().stream().map(Row::model).toList());
    assertEquals(2, bench.findings().conditions().size());
  }

  @Test
  void onlyModelsThatFitInMemoryShareRounds() {
    Starter starter = starter("cpu:x", 0.1, 1, -1);
    List<Entry> entries =
        List.of(
            new Entry("a", 10, TESTS, List.of(starter)),
            new Entry("b", 10, TESTS, List.of(starter, starter)),
            new Entry("c", 100, TESTS, List.of(starter)),
            new Entry("d", 1, TESTS, List.of(starter)));
    List<List<String>> names =
        Entry.together(entries, 90).stream()
            .map(group -> group.stream().map(Entry::model).toList())
            .toList();
    assertEquals(List.of(List.of("a", "b"), List.of("c"), List.of("d")), names);
  }

  @Test
  void theFastestIsNamedAndTheOthersAreMeasuredByIt() {
    SideBySide.Findings findings =
        run(5, starter("cpu:x", 0.1, 1, -1), starter("vector:512", 0.2, 1, -1));
    assertEquals(4, findings.rows().size());
    assertEquals("fastest", findings.rows().get(0).verdict());
    assertEquals("2.00x slower", findings.rows().get(2).verdict());
    assertEquals(2e6, findings.rows().get(0).deviceBytes().value());
    assertEquals(0.1, findings.rows().get(0).latency().p50().value(), 2e-3);
    Row offline = findings.rows().get(1);
    assertEquals(Scenario.MANY / offline.latency().p50().value(), offline.rate().value(), 1e-9);
    assertEquals(2, findings.pairs().size());
    assertTrue(findings.pairs().getFirst().significant());
  }

  @Test
  void aGpusOwnEnergyAndClockAreReported() {
    SideBySide.Findings findings =
        run(5, starter("cuda:0", 0.1, 1, -1), starter("cpu:x", 1, 1, -1));
    // Three queries a round.
    assertEquals(FakeContestant.JOULES / 3, findings.rows().get(0).joulesPerItem().value(), 1e-12);
    assertEquals(
        FakeContestant.JOULES / 3 / Scenario.MANY,
        findings.rows().get(1).joulesPerItem().value(),
        1e-12);
    assertEquals(5, findings.conditions().size());
    for (ConditionsLine line : findings.conditions()) {
      assertEquals(
          List.of("cuda:0"), line.devices().stream().map(DeviceConditions::device).toList());
      assertEquals(1980, line.devices().getFirst().megahertz().value());
    }
  }

  @Test
  void equalSpeedsAreNotToldApart() {
    SideBySide.Findings findings =
        run(5, starter("cpu:x", 0.1, 1, -1), starter("vector:512", 0.1, 1, -1));
    assertFalse(findings.pairs().getFirst().significant());
    assertEquals("~ fastest", findings.rows().get(2).verdict());
  }

  @Test
  void resultsAreComparedWithThoseOfVector() {
    SideBySide.Findings findings =
        run(
            4,
            starter("cpu:x", 0.1, 1.0001f, -1),
            starter("vector:512", 0.1, 1, -1),
            starter("openvino:CPU", 0.1, 1.1f, -1),
            starter("onnxruntime:CPU", 0.1, Float.NaN, -1));
    List<Verdict> verdicts =
        findings.rows().stream()
            .filter(row -> row.scenario().equals("offline"))
            .map(row -> row.accuracy().verdict())
            .toList();
    assertEquals(
        List.of(Verdict.SAME, Verdict.REFERENCE, Verdict.CLOSE, Verdict.DIFFERS), verdicts);
    assertEquals("vector:512", findings.rows().getFirst().accuracy().reference());
    assertEquals(1e-4, findings.rows().getFirst().accuracy().largestError().value(), 1e-6);
    assertTrue(findings.rows().getLast().verdict().contains("WRONG"));
  }

  @Test
  void oneThatDiesIsAbsentWithItsReasonAndTheOthersGoOn() {
    SideBySide.Findings findings =
        run(
            3,
            starter("never", 0.1, 1, 0),
            starter("cpu:x", 0.1, 1, -1),
            starter("later", 0.1, 1, 3));
    assertEquals(
        List.of("never", "later"), findings.absent().stream().map(line -> line.device()).toList());
    assertEquals("it fell over", findings.absent().getFirst().reason());
    assertEquals("lift it up", findings.absent().getFirst().remedy());
    // What one measured before it died stays.
    assertEquals(
        List.of(3, 3, 1, 1), findings.rows().stream().map(row -> row.rounds().size()).toList());
    assertTrue(log.contains("close never"));
  }

  @Test
  void anEmulatedDeviceSaysSo() {
    List<Row> rows = run(3, starter("cpu:x", 0.2, 1, -1), starter("qnn:HTP", 0.4, 1, -1)).rows();
    assertEquals("fastest", rows.getFirst().verdict());
    assertTrue(rows.getLast().verdict().endsWith("emulated: not run on device"));
  }

  @Test
  void theNearestLimitIsTold() {
    Row row = run(3, starter("cpu:x", 0.2, 1, -1)).rows().getFirst();
    // 1 GB and 8 GFLOP in 0.2 s, of 20 GB/s and 100 GFLOP/s.
    assertEquals("f32", row.limit().name());
    assertEquals(0.4, row.limit().share().value(), 0.005);
    assertEquals(40e9, row.limit().reached(), 5e8);
  }
}
