package dev.gatun.bench.method;

import dev.gatun.bench.report.BenchReport.RooflineLine;
import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row.Limit;
import dev.gatun.bench.stats.Samples;
import dev.gatun.bench.task.TokenTest;
import dev.gatun.bench.worker.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What the machine was seen to do at most, and how near results come to it. */
final class Limits {
  private final Map<String, List<Reply.Limited>> measured = new LinkedHashMap<>();

  void add(String device, Reply.Limited limited) {
    measured.computeIfAbsent(device, _ -> new ArrayList<>()).add(limited);
  }

  /** Medians of what each device measured. */
  List<RooflineLine> lines() {
    return measured.entrySet().stream()
        .map(entry ->
            new RooflineLine(
                entry.getKey(),
                median(entry.getValue(), Reply.Limited::bytesPerSecond),
                median(entry.getValue(), Reply.Limited::flopsPerSecond),
                entry.getValue().getFirst().arithmetic()))
        .toList();
  }

  private static double median(List<Reply.Limited> values, ToDoubleFunction<Reply.Limited> figure) {
    return new Samples(values.stream().map(figure::applyAsDouble).toList()).median();
  }

  /**
   * How near a test comes to its nearest limit.
   *
   * @param seconds of one query
   */
  Limit of(Track track, double seconds) {
    Reply.Warmed work = track.warmed();
    if (!work.flops().isKnown()) {
      return unknown(work.flops().unavailable());
    }
    if (!track.opened().deviceKind().equals("CPU")) {
      return unknown("the limits of a device other than the processor are not measured");
    }
    Optional<RooflineLine> roofline = roofline(track);
    if (roofline.isEmpty()) {
      return unknown("no device took part that measures limits");
    }
    double bytes = work.bytes().value() / seconds;
    double flops = work.flops().value() / seconds;
    double memory = bytes / roofline.get().bytesPerSecond();
    double arithmetic = flops / roofline.get().flopsPerSecond();
    return memory > arithmetic
        ? new Limit("memory", bytes, roofline.get().bytesPerSecond(), Quantity.of(memory))
        : new Limit(
            roofline.get().arithmetic(),
            flops,
            roofline.get().flopsPerSecond(),
            Quantity.of(arithmetic));
  }

  private static Limit unknown(String reason) {
    return new Limit("", 0, 0, Quantity.unavailable(reason));
  }

  /** The device's own; else, for networks, one of floating-point numbers; else any. */
  private Optional<RooflineLine> roofline(Track track) {
    List<RooflineLine> lines = lines();
    boolean language = track.test() instanceof TokenTest;
    return lines.stream()
        .filter(line -> language && line.device().equals(track.device()))
        .findFirst()
        .or(() ->
            lines.stream().filter(line -> !language && line.arithmetic().equals("f32")).findFirst())
        .or(() -> lines.stream().findFirst());
  }
}
