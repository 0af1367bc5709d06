package dev.gatun.bench.method;

import dev.gatun.bench.method.Entry.Starter;
import dev.gatun.bench.report.BenchReport.AbsentLine;
import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.PairLine;
import dev.gatun.bench.report.BenchReport.RooflineLine;
import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.Scenario;
import dev.gatun.bench.worker.Contestant;
import dev.gatun.bench.worker.ContestantException;
import dev.gatun.bench.worker.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures contestants in turn: all of a model's are loaded and warm before the first is measured,
 * then each round measures every test on every one of them, each round beginning with another. What
 * the machine does in a round so meets all alike. Models come one after the other, forks likewise.
 * Used by one thread.
 */
public final class SideBySide {
  private final BenchOptions options;
  private final BenchListener listener;
  private final Energy energy = Energy.find();
  private final Limits limits = new Limits();
  private final List<Row> rows = new ArrayList<>();
  private final List<AbsentLine> absent = new ArrayList<>();
  private final List<ConditionsLine> conditions = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private int batch;

  public SideBySide(BenchOptions options, BenchListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * What was found.
   *
   * @param batch tokens of the largest prefill block; 0 for no language model
   * @param governor of the processor's clocks; empty when unknown
   */
  public record Findings(
      List<Row> rows,
      List<PairLine> pairs,
      List<AbsentLine> absent,
      List<RooflineLine> rooflines,
      List<ConditionsLine> conditions,
      List<String> notes,
      int batch,
      String governor) {}

  /** One that was started, with what is measured of it. */
  private record Running(Starter starter, Contestant contestant, List<Track> tracks) {}

  /** Measures one model. A contestant that fails is absent, and the others go on. */
  public void run(Entry entry) {
    List<List<Track>> all = new ArrayList<>();
    for (Starter _ : entry.contestants()) {
      List<Track> tracks = new ArrayList<>();
      for (BenchTest test : entry.tests()) {
        tracks.add(new Track(entry.model(), test));
      }
      all.add(tracks);
    }
    var accuracies = new Accuracies();
    for (int fork = 0; fork < options.forks(); fork++) {
      run(entry, all, accuracies, fork);
    }
    for (List<Track> tracks : all) {
      for (Track track : tracks) {
        if (track.isMeasured()) {
          rows.add(Rows.of(track, limits, accuracies.of(track.device())));
        }
      }
    }
  }

  private void run(Entry entry, List<List<Track>> all, Accuracies accuracies, int fork) {
    List<Running> running = new ArrayList<>();
    try {
      for (int i = 0; i < all.size(); i++) {
        Starter starter = entry.contestants().get(i);
        if (!isAbsent(entry.model(), starter.name())) {
          listener.working("%s: loading on %s".formatted(entry.model(), starter.name()));
          var each = new Running(starter, starter.start().get(), all.get(i));
          running.add(each);
          if (!attempt(entry, each, () -> prepare(each, accuracies))) {
            running.remove(each);
          }
        }
      }
      for (int round = 0; round < options.rounds(); round++) {
        listener.working(
            "%s: round %d of %d".formatted(entry.model(), round + 1, options.rounds()));
        round(entry, running, fork, round);
      }
      for (Running each : running) {
        attempt(
            entry,
            each,
            () -> {
              Reply.Finished finished = each.contestant().finish();
              each.tracks().forEach(track -> track.finished(finished));
            });
      }
    } finally {
      running.forEach(each -> each.contestant().close());
    }
  }

  private boolean isAbsent(String model, String device) {
    return absent.stream()
        .anyMatch(line -> line.model().equals(model) && line.device().equals(device));
  }

  private void prepare(Running each, Accuracies accuracies) {
    Contestant contestant = each.contestant();
    Reply.Opened opened = contestant.open();
    batch = Math.max(batch, opened.batch());
    opened.tuned().forEach(text -> notes.add(opened.device() + ": " + text));
    opened.notes().forEach(note -> notes.add(opened.device() + ": " + note));
    for (int test = 0; test < each.tracks().size(); test++) {
      Track track = each.tracks().get(test);
      Reply.Warmed warmed = contestant.warm(test, options.warmSeconds());
      track.opened(opened);
      track.warmed(warmed, rate(track.test(), warmed));
    }
    contestant.answer().ifPresent(answer -> accuracies.add(opened.device(), answer));
  }

  private double rate(BenchTest test, Reply.Warmed warmed) {
    if (test.scenario() != Scenario.SERVER) {
      return 0;
    }
    return options.perSecond() > 0
        ? options.perSecond()
        : BenchOptions.LOAD / warmed.typicalSeconds();
  }

  private void round(Entry entry, List<Running> running, int fork, int round) {
    conditions.add(Conditions.now(fork, round));
    List<Running> turns = List.copyOf(running);
    for (int turn = 0; turn < turns.size(); turn++) {
      Running each = turns.get((turn + round) % turns.size());
      boolean alive =
          attempt(
              entry,
              each,
              () -> {
                String device = each.tracks().getFirst().device();
                each.contestant().limits().ifPresent(known -> limits.add(device, known));
                for (int test = 0; test < each.tracks().size(); test++) {
                  measure(each, test, fork, round);
                }
              });
      if (!alive) {
        running.remove(each);
      }
    }
  }

  private void measure(Running each, int test, int fork, int round) {
    Track track = each.tracks().get(test);
    long[] before = energy.read();
    Reply.Measured measured = each.contestant().measure(test, options.seconds(), track.perSecond());
    Quantity joules = energy.joules(before, energy.read());
    track.measured(fork, round, measured, joules);
  }

  /** Whether it went well; else the contestant is closed, and stands among the absent. */
  private boolean attempt(Entry entry, Running each, Runnable work) {
    try {
      work.run();
      return true;
    } catch (ContestantException e) {
      absent.add(new AbsentLine(entry.model(), each.starter().name(), e.getMessage(), e.remedy()));
      each.contestant().close();
      return false;
    }
  }

  /** Adds rows that were measured elsewhere, to be compared. */
  public void add(List<Row> others) {
    rows.addAll(others);
  }

  /** What was found so far. */
  public Findings findings() {
    List<PairLine> pairs = Rows.pairs(rows);
    return new Findings(
        Rows.judged(rows, pairs),
        pairs,
        List.copyOf(absent),
        limits.lines(),
        List.copyOf(conditions),
        List.copyOf(notes),
        batch,
        Conditions.governor());
  }
}
