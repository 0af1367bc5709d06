package dev.gatun.bench.method;

import dev.gatun.bench.method.Entry.Starter;
import dev.gatun.bench.report.BenchReport.AbsentLine;
import dev.gatun.bench.report.BenchReport.ConditionsLine;
import dev.gatun.bench.report.BenchReport.DeviceConditions;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures contestants in turn: all are loaded and warm before the first is measured, then each
 * round measures every test of every model on every one of them, each round beginning with another.
 * What the machine does in a round so meets all alike, and each row's rounds lie as far apart as
 * the run is long. Forks come one after the other. Used by one thread.
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
  private record Running(
      String model, Starter starter, Contestant contestant, List<Track> tracks) {}

  /** A model with all that is measured of it, by contestant, and what they answer. */
  private record Subjects(Entry entry, List<List<Track>> tracks, Accuracies accuracies) {
    static Subjects of(Entry entry) {
      List<List<Track>> all = new ArrayList<>();
      for (Starter _ : entry.contestants()) {
        all.add(entry.tests().stream().map(test -> new Track(entry.model(), test)).toList());
      }
      return new Subjects(entry, all, new Accuracies());
    }
  }

  /**
   * Measures models in the same rounds. A contestant that fails is absent, and the others go on.
   */
  public void run(List<Entry> together) {
    List<Subjects> subjects = together.stream().map(Subjects::of).toList();
    for (int fork = 0; fork < options.forks(); fork++) {
      run(subjects, fork);
    }
    for (Subjects each : subjects) {
      for (List<Track> tracks : each.tracks()) {
        for (Track track : tracks) {
          if (track.isMeasured()) {
            rows.add(Rows.of(track, limits, each.accuracies().of(track.device())));
          }
        }
      }
    }
  }

  private void run(List<Subjects> subjects, int fork) {
    List<Running> running = new ArrayList<>();
    try {
      subjects.forEach(each -> start(each, running));
      for (int round = 0; round < options.rounds(); round++) {
        listener.working("round %d of %d".formatted(round + 1, options.rounds()));
        round(running, fork, round);
      }
      for (Running each : running) {
        attempt(
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

  private void start(Subjects subjects, List<Running> running) {
    String model = subjects.entry().model();
    for (int i = 0; i < subjects.tracks().size(); i++) {
      Starter starter = subjects.entry().contestants().get(i);
      if (!isAbsent(model, starter.name())) {
        listener.working("%s: loading on %s".formatted(model, starter.name()));
        var each = new Running(model, starter, starter.start().get(), subjects.tracks().get(i));
        running.add(each);
        if (!attempt(each, () -> prepare(each, subjects.accuracies()))) {
          running.remove(each);
        }
      }
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

  private void round(List<Running> running, int fork, int round) {
    ConditionsLine before = Conditions.now(fork, round);
    Map<String, DeviceConditions> told = new LinkedHashMap<>();
    List<Running> turns = List.copyOf(running);
    Set<String> limited = new HashSet<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      Running each = turns.get((turn + round) % turns.size());
      boolean alive =
          attempt(
              each,
              () -> {
                String device = each.tracks().getFirst().device();
                if (limited.add(device)) {
                  each.contestant().limits().ifPresent(known -> limits.add(device, known));
                }
                for (int test = 0; test < each.tracks().size(); test++) {
                  Conditions.of(device, measure(each, test, fork, round))
                      .ifPresent(line -> told.put(device, line));
                }
              });
      if (!alive) {
        running.remove(each);
      }
    }
    conditions.add(Conditions.with(before, told.values()));
  }

  private Reply.Measured measure(Running each, int test, int fork, int round) {
    Track track = each.tracks().get(test);
    long[] before = energy.read();
    Reply.Measured measured = each.contestant().measure(test, options.seconds(), track.perSecond());
    Quantity joules =
        track.opened().deviceKind().equals("CPU")
            ? energy.joules(before, energy.read())
            : measured.joules();
    track.measured(fork, round, measured, joules);
    return measured;
  }

  /** Whether it went well; else the contestant is closed, and stands among the absent. */
  private boolean attempt(Running each, Runnable work) {
    try {
      work.run();
      return true;
    } catch (ContestantException e) {
      absent.add(new AbsentLine(each.model(), each.starter().name(), e.getMessage(), e.remedy()));
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
