package dev.gatun.cli.command;

import dev.gatun.bench.method.BenchOptions;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.ModelKind;
import dev.gatun.bench.task.QueryTest;
import dev.gatun.bench.task.Scenario;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Option;

/** How long, how often and in which scenarios is measured. */
final class MeasuringOptions {
  @Option(
      names = "--quick",
      description =
          "Short: 6 rounds of 0.2 s a test, 32 generated tokens; two models on a laptop take under"
              + " two minutes.")
  private boolean quick;

  @Option(
      names = "--full",
      description = "Long: 3 processes of 8 rounds, a second a test and round.")
  private boolean full;

  @Option(
      names = {"-r", "--repetitions", "--rounds"},
      paramLabel = "N",
      description = "Rounds; in each every device runs every test (5).")
  private Integer rounds;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "Processes per device, one after the other (1).")
  private Integer forks;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Seconds a test and round, at least one query (0.5).")
  private Double seconds;

  @Option(
      names = "--scenario",
      split = ",",
      paramLabel = "NAME",
      description =
          "Other models than language models: single-stream (default), multi-stream, server,"
              + " offline, or all: MLPerf's, unofficial.")
  private List<String> scenarios = List.of("single-stream");

  @Option(
      names = "--target-rate",
      paramLabel = "N",
      description = "Queries a second in the scenario server (0.7 of what each device can do).")
  private Double rate;

  boolean isQuick() {
    return quick;
  }

  BenchOptions options() {
    if (quick && full) {
      throw new GatunException(GatunException.Kind.USAGE, "give only one of --quick and --full");
    }
    BenchOptions options =
        quick ? BenchOptions.QUICK : full ? BenchOptions.FULL : BenchOptions.DEFAULT;
    require(rounds == null || rounds > 0, "-r must be at least 1");
    require(forks == null || forks > 0, "--forks must be at least 1");
    require(seconds == null || seconds > 0, "--seconds must be positive");
    require(rate == null || rate > 0, "--target-rate must be positive");
    options = rounds == null ? options : options.withRounds(rounds);
    options = forks == null ? options : options.withForks(forks);
    options = seconds == null ? options : options.withSeconds(seconds);
    return rate == null ? options : options.withPerSecond(rate);
  }

  private static void require(boolean valid, String message) {
    if (!valid) {
      throw new GatunException(GatunException.Kind.USAGE, message);
    }
  }

  /** Tests of a model that is no language model. */
  List<BenchTest> tests(ModelKind kind) {
    List<Scenario> known =
        Arrays.stream(Scenario.values()).filter(each -> each != Scenario.TOKENS).toList();
    LinkedHashSet<Scenario> wanted = new LinkedHashSet<>();
    for (String name : scenarios) {
      List<Scenario> found =
          known.stream().filter(each -> name.equals("all") || each.label().equals(name)).toList();
      require(
          !found.isEmpty(),
          "there is no scenario '%s', only %s and all"
              .formatted(name, String.join(", ", known.stream().map(Scenario::label).toList())));
      wanted.addAll(found);
    }
    List<BenchTest> tests = new ArrayList<>();
    wanted.forEach(scenario -> tests.add(new QueryTest(kind, scenario)));
    return tests;
  }
}
