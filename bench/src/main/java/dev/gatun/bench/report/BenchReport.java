package dev.gatun.bench.report;

import java.util.List;
import java.util.Map;

/**
 * A benchmark's result. Immutable.
 *
 * @param schema {@link #SCHEMA}
 * @param date when it began, ISO 8601
 * @param gatun version
 * @param command the command line that repeats it
 * @param machine facts by name
 * @param method how it was measured
 * @param models what was measured
 * @param rows results
 * @param absent devices and backends that gave none, and why
 * @param pairs comparisons of devices on the same test
 * @param roofline what the machine was seen to do at most; empty when no device could tell
 * @param conditions of the machine before each round
 * @param notes what else there is to say
 */
public record BenchReport(
    String schema,
    String date,
    String gatun,
    List<String> command,
    Map<String, Object> machine,
    Method method,
    List<ModelLine> models,
    List<Row> rows,
    List<AbsentLine> absent,
    List<PairLine> pairs,
    List<RooflineLine> roofline,
    List<ConditionsLine> conditions,
    List<String> notes) {
  /** Name and version of the form. */
  public static final String SCHEMA = "gatun.bench/3";

  /**
   * A model's identity.
   *
   * @param file the first of its files
   * @param bytes of all its files
   * @param sha256 of the content; empty when it is not in the store
   */
  public record ModelLine(String name, String file, long bytes, String sha256) {}

  /** What did not run. */
  public record AbsentLine(String model, String device, String reason, String remedy) {}

  /**
   * Two devices on one test.
   *
   * @param ratio median rate of {@code device} over that of {@code other}
   * @param p of the Mann-Whitney U test on the rounds' medians, two-sided
   * @param significant whether p is below 0.05
   */
  public record PairLine(
      String model,
      String test,
      String scenario,
      String device,
      String other,
      double ratio,
      double p,
      boolean significant) {}

  /**
   * A roofline.
   *
   * @param device that measured it
   * @param bytesPerSecond read from memory by all threads
   * @param flopsPerSecond of all threads on data in the first-level cache
   * @param arithmetic {@code int8} or {@code f32}
   */
  public record RooflineLine(
      String device, double bytesPerSecond, double flopsPerSecond, String arithmetic) {}

  /**
   * The processor before a round, and what devices told of themselves in it.
   *
   * @param devices those that tell anything; the last reading of the round
   */
  public record ConditionsLine(
      int fork,
      int round,
      Quantity megahertz,
      Quantity celsius,
      Quantity load,
      List<DeviceConditions> devices) {
    public ConditionsLine {
      // Reports of before lack them.
      devices = devices == null ? List.of() : List.copyOf(devices);
    }
  }

  /**
   * A device right after it was measured.
   *
   * @param wattsAtMost what it may draw
   */
  public record DeviceConditions(
      String device, Quantity megahertz, Quantity celsius, Quantity wattsAtMost) {}
}
