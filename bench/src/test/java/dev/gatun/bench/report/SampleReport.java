package dev.gatun.bench.report;

import dev.gatun.bench.report.BenchReport.AbsentLine;
import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.DeviceConditions;
import dev.gatun.bench.report.BenchReport.ModelLine;
import dev.gatun.bench.report.BenchReport.RooflineLine;
import dev.gatun.bench.stats.Bootstrap;
import dev.gatun.bench.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Reports of made-up samples. */
public final class SampleReport {
  private SampleReport() {}

  /** Two devices on two tests, and one that is absent. */
  public static BenchReport of(String model) {
    return of(model, 1);
  }

  /**
   * The same, with one device slower.
   *
   * @param slower factor of the second device's times
   */
  public static BenchReport of(String model, double slower) {
    List<Row> rows =
        List.of(
            row(model, "embed", "cpu:x", 0.0101, 64),
            row(model, "embed", "vector:512", 0.02 * slower, 64),
            row(model, "run", "cpu:x", 1.25, 1),
            row(model, "run", "vector:512", 0.00007 * slower, 1));
    return new BenchReport(
        BenchReport.SCHEMA,
        "2026-01-02T03:04:05Z",
        "1.2.3",
        List.of("gatun", "bench", model),
        Map.of("cpu", "a processor", "threads", 2, "java", "25"),
        new Method(1, 6, 0.1, "when", "how", "which", 2, 512, "jvm", List.of("-X"), List.of()),
        List.of(new ModelLine(model, "model.onnx", 12, "")),
        rows,
        List.of(new AbsentLine("", "cuda", "there is no such hardware", "buy some")),
        List.of(),
        List.of(new RooflineLine("cpu:x", 20e9, 400e9, "int8")),
        List.of(
            new ConditionsLine(
                0,
                0,
                Quantity.of(2000),
                Quantity.unavailable("none"),
                Quantity.of(1),
                List.of(
                    new DeviceConditions(
                        "cuda:0", Quantity.of(1980), Quantity.of(61), Quantity.of(700))))),
        List.of());
  }

  private static Row row(String model, String test, String device, double seconds, int items) {
    var random = new SplittableRandom(device.hashCode());
    List<Row.Round> rounds = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      List<Double> samples = new ArrayList<>();
      for (int i = 0; i < 9 + round; i++) {
        samples.add(seconds * (1 + 0.01 * random.nextDouble()));
      }
      rounds.add(new Row.Round(0, round, samples));
      all.addAll(samples);
    }
    Samples samples = new Samples(all);
    Interval p50 = Bootstrap.median(rounds.stream().map(Row.Round::seconds).toList());
    Quantity none = Quantity.unavailable("not measured");
    return new Row(
        model,
        test,
        "offline",
        device,
        false,
        "texts",
        items,
        Quantity.of(0.5),
        none,
        Quantity.of(2 * seconds),
        new Row.Warmup(4, 0.2, true),
        rounds,
        new Row.Latency(
            p50,
            samples.quantile(0.9),
            samples.quantile(0.99),
            samples.minimum(),
            samples.maximum()),
        new Interval(items / p50.value(), items / p50.high(), items / p50.low()),
        Quantity.of(1 << 28),
        none,
        none,
        Quantity.of(1),
        Quantity.of(1),
        Quantity.of(1e9),
        Quantity.of(1e8),
        new Row.Limit("memory", 1e9, 2e9, Quantity.of(0.5)),
        new Row.Accuracy(
            "vector:512", none, Quantity.of(1e-5), Quantity.of(1), Row.Accuracy.Verdict.SAME),
        "fastest");
  }
}
