package dev.gatun.bench.report.html;

import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.DeviceConditions;
import dev.gatun.bench.report.Quantity;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Clocks, temperatures and load over all rounds, in words. */
final class Circumstances {
  private Circumstances() {}

  /** By what they are of: the processor first, then devices that told of themselves. */
  static Map<String, String> of(List<ConditionsLine> rounds) {
    Map<String, String> facts = new LinkedHashMap<>();
    put(
        facts,
        "processor",
        range(rounds, ConditionsLine::megahertz, "%.0f", "MHz"),
        range(rounds, ConditionsLine::celsius, "%.0f", "°C"),
        range(rounds, ConditionsLine::load, "%.1f", "load before the rounds"));
    Map<String, List<DeviceConditions>> devices = new LinkedHashMap<>();
    for (ConditionsLine round : rounds) {
      round
          .devices()
          .forEach(
              line -> devices.computeIfAbsent(line.device(), _ -> new ArrayList<>()).add(line));
    }
    devices.forEach((device, lines) ->
        put(
            facts,
            device,
            range(lines, DeviceConditions::megahertz, "%.0f", "MHz"),
            range(lines, DeviceConditions::celsius, "%.0f", "°C"),
            range(lines, DeviceConditions::wattsAtMost, "%.0f", "W at most")));
    return facts;
  }

  private static void put(Map<String, String> facts, String name, String... texts) {
    List<String> known = List.of(texts).stream().filter(text -> !text.isEmpty()).toList();
    if (!known.isEmpty()) {
      facts.put(name, String.join(", ", known));
    }
  }

  /** {@code 1980 to 2010 MHz}, or one figure where all are alike; empty when none is known. */
  private static <T> String range(
      List<T> lines, Function<T, Quantity> figure, String format, String unit) {
    DoubleSummaryStatistics known =
        lines.stream()
            .map(figure)
            .filter(Quantity::isKnown)
            .mapToDouble(Quantity::value)
            .summaryStatistics();
    if (known.getCount() == 0) {
      return "";
    }
    String least = String.format(Locale.ROOT, format, known.getMin());
    String most = String.format(Locale.ROOT, format, known.getMax());
    return (least.equals(most) ? least : least + " to " + most) + " " + unit;
  }
}
