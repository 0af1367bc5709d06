package dev.gatun.bench.method;

import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.worker.Reply;
import java.util.ArrayList;
import java.util.List;

/** All that was measured of one test on one device, over forks and rounds. Not thread-safe. */
final class Track {
  private final String model;
  private final BenchTest test;
  private final List<Row.Round> rounds = new ArrayList<>();
  private final List<Reply.Opened> opened = new ArrayList<>();
  private final List<Reply.Warmed> warmed = new ArrayList<>();
  private Quantity peakResident = Quantity.unavailable("the process did not come to its end");
  private Quantity deviceBytes = peakResident;
  private Quantity joules = Quantity.of(0);
  private double perSecond;

  Track(String model, BenchTest test) {
    this.model = model;
    this.test = test;
  }

  String model() {
    return model;
  }

  String device() {
    return opened().device();
  }

  BenchTest test() {
    return test;
  }

  void opened(Reply.Opened reply) {
    opened.add(reply);
  }

  void warmed(Reply.Warmed reply, double rate) {
    warmed.add(reply);
    perSecond = rate;
  }

  /** Rate of arrivals; 0 when queries follow each other. */
  double perSecond() {
    return perSecond;
  }

  void measured(int fork, int round, Reply.Measured reply, Quantity energy) {
    rounds.add(new Row.Round(fork, round, reply.seconds()));
    joules =
        joules.isKnown() && energy.isKnown()
            ? Quantity.of(joules.value() + energy.value())
            : energy;
  }

  void finished(Reply.Finished reply) {
    peakResident = reply.peakResidentBytes();
    deviceBytes = reply.deviceBytes();
  }

  boolean isMeasured() {
    return rounds.stream().anyMatch(round -> !round.seconds().isEmpty());
  }

  List<Row.Round> rounds() {
    return List.copyOf(rounds);
  }

  /** The first process's: later ones find the system's caches full. */
  Reply.Opened opened() {
    return opened.getFirst();
  }

  Reply.Warmed warmed() {
    return warmed.getFirst();
  }

  boolean isSteady() {
    return warmed.stream().allMatch(Reply.Warmed::steady);
  }

  Quantity peakResident() {
    return peakResident;
  }

  Quantity deviceBytes() {
    return deviceBytes;
  }

  /** Of one item. */
  Quantity joulesPerItem() {
    if (joules.isKnown() && joules.value() == 0) {
      return Quantity.unavailable("not measurable because the counter did not move meanwhile");
    }
    int queries = rounds.stream().mapToInt(round -> round.seconds().size()).sum();
    return joules.isKnown()
        ? Quantity.of(joules.value() / Math.max(1, (double) queries * test.items()))
        : joules;
  }
}
