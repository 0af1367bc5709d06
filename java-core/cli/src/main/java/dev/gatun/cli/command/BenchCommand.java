package dev.gatun.cli.command;

import dev.gatun.bench.LlamaBench;
import dev.gatun.bench.Samples;
import dev.gatun.bench.Scenario;
import dev.gatun.bench.Scenario.Kind;
import dev.gatun.bench.Throughput;
import dev.gatun.bench.Work;
import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures prefill and decode. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures tokens a second of prefill and decode, as llama-bench does.",
      "With --peer, llama-bench runs in turn with it on the same file, and the ratio is printed;",
      "for several sequences llama-batched-bench, from the same folder.",
      "Speeds are medians of the repetitions ± their median distance from it; the ratio is of medians.",
      "The last column is what was reached of this machine's limit, measured between the tests:",
      "bytes read from memory, or multiplications and additions, whichever is nearer to its limit."
    })
public final class BenchCommand implements Callable<Integer> {
  /** Forms of the result. */
  enum Format {
    TEXT,
    MD,
    CSV,
    JSON
  }

  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(
      names = {"-p", "--prompt"},
      split = ",",
      paramLabel = "N",
      description = "Tokens of the prompt; 0 for no such test (${DEFAULT-VALUE}).")
  private List<Integer> prompts = List.of(512);

  @Option(
      names = {"-n", "--generate"},
      split = ",",
      paramLabel = "N",
      description = "Tokens to generate; 0 for no such test (${DEFAULT-VALUE}).")
  private List<Integer> generations = List.of(128);

  @Option(
      names = {"-d", "--depth"},
      split = ",",
      paramLabel = "N",
      description = "Tokens in the context before a test (${DEFAULT-VALUE}).")
  private List<Integer> depths = List.of(0);

  @Option(
      names = {"-npl", "--sequences"},
      split = ",",
      paramLabel = "N",
      description = "Sequences that generate at once; their tokens add up (${DEFAULT-VALUE}).")
  private List<Integer> sequences = List.of(1);

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Measurements of each test (${DEFAULT-VALUE}).")
  private int repetitions = 5;

  @Option(
      names = "--peer",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "PATH",
      description = "Also run llama-bench (on the PATH, or this one), in turn.")
  private String peer;

  @Option(names = "--format", paramLabel = "F", description = "text (default), md, csv, json.")
  private Format format = Format.TEXT;

  @Option(names = "--json", description = "Same as --format json.")
  private boolean json;

  @Mixin private ModelOptions modelOptions;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  /** A scenario's measurements, ours and the peer's. */
  private record Row(Scenario scenario, List<Double> ours, List<Double> theirs) {}

  /** Limits of the device that runs the plan, when one device runs all of it. */
  private static final class Limits {
    private final List<Roofline> measured = new ArrayList<>();

    void measure(CompiledPlan plan) {
      if (plan.plan().isSingle()) {
        plan.plan().slices().getFirst().device().roofline().ifPresent(measured::add);
      }
    }

    Optional<Work.Share> share(Row row, Loading loaded) {
      LanguageModel model = loaded.model();
      return Roofline.median(measured)
          .map(roofline ->
              Work.of(
                      model.plan().plan().request().graph(),
                      row.scenario(),
                      model.options().batch())
                  .share(new Samples(row.ours()).median(), roofline));
    }
  }

  @Override
  public Integer call() {
    var output = new Output(spec);
    LlamaBench llama = peer == null ? null : LlamaBench.find(peer);
    List<Row> rows = new ArrayList<>();
    var limits = new Limits();
    for (Scenario scenario : scenarios()) {
      rows.add(new Row(scenario, new ArrayList<>(), new ArrayList<>()));
    }
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.resolve(runtime, model, output);
      checkContext(LanguageModel.contextLength(located, options()), rows);
      measure(runtime, located, llama, rows, limits, output);
      return 0;
    }
  }

  /** Before the model is loaded: that takes longer than to read its header. */
  private static void checkContext(int context, List<Row> rows) {
    for (Row row : rows) {
      Scenario scenario = row.scenario();
      if ((long) scenario.depth() + scenario.tokens() > context) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s does not fit the context of %d; raise --ctx".formatted(scenario.label(), context));
      }
    }
  }

  private void measure(
      GatunRuntime runtime,
      LocatedModel located,
      LlamaBench llama,
      List<Row> rows,
      Limits limits,
      Output output) {
    try (var loaded = Loading.load(runtime, located, options());
        var throughput = new Throughput(loaded.model())) {
      if (!json && format != Format.JSON) {
        loaded.notes().forEach(output::note);
      }
      for (Row row : rows) {
        Scenario scenario = row.scenario();
        // Two runs that do not count: the JIT compiles the kernels in the first.
        scenario.run(throughput);
        scenario.run(throughput);
      }
      for (int i = 0; i < repetitions; i++) {
        limits.measure(loaded.model().plan());
        for (Row row : rows) {
          row.ours().add(row.scenario().run(throughput));
          if (llama != null) {
            row.theirs().add(llama.run(loaded.file(), row.scenario(), runtime.threads()));
          }
        }
      }
      print(runtime, loaded, rows, limits, output);
    }
  }

  private LoadOptions options() {
    return modelOptions.load().withSequences(Collections.max(sequences));
  }

  private List<Scenario> scenarios() {
    List<Scenario> scenarios = new ArrayList<>();
    for (int depth : depths) {
      prompts.forEach(tokens -> add(scenarios, Kind.PREFILL, tokens, depth, 1));
      for (int count : sequences) {
        generations.forEach(tokens -> add(scenarios, Kind.DECODE, tokens, depth, count));
      }
    }
    if (scenarios.isEmpty() || repetitions < 1) {
      throw new GatunException(
          GatunException.Kind.USAGE, "nothing to measure: give -p or -n, and -r of at least 1");
    }
    return scenarios;
  }

  private static void add(
      List<Scenario> scenarios, Kind kind, int tokens, int depth, int sequences) {
    if (tokens < 0 || depth < 0) {
      throw new GatunException(GatunException.Kind.USAGE, "-p, -n and -d cannot be negative");
    }
    if (sequences < 1) {
      throw new GatunException(GatunException.Kind.USAGE, "-npl counts sequences: 1 or more");
    }
    if (tokens > 0) {
      scenarios.add(new Scenario(kind, tokens, depth, sequences));
    }
  }

  private void print(
      GatunRuntime runtime, Loading loaded, List<Row> rows, Limits limits, Output output) {
    String device = String.join("+", loaded.devices());
    if (json || format == Format.JSON) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("machine", Machine.members(runtime));
      members.put("model", model);
      members.put("file", loaded.file().toString());
      members.put("device", device);
      members.put("threads", runtime.threads());
      members.put("batch", loaded.model().options().batch());
      members.put("deterministic", loaded.model().plan().options().deterministic());
      members.put("tuned", Plans.members(loaded.model().plan().explain()).get("tuned"));
      members.put(
          "tests", rows.stream().map(row -> members(row, limits.share(row, loaded))).toList());
      output.line(Json.document("bench", 2, members));
      return;
    }
    List<String> head = new ArrayList<>(List.of("model", "device", "threads", "test", "t/s"));
    if (peer != null) {
      head.addAll(List.of("llama.cpp t/s", "ratio"));
    }
    head.add("of the limit");
    var table = new Table(head.toArray(String[]::new));
    for (Row row : rows) {
      List<Object> cells = new ArrayList<>();
      cells.add(model);
      cells.add(device);
      cells.add(runtime.threads());
      cells.add(row.scenario().label());
      cells.add(text(new Samples(row.ours())));
      if (peer != null) {
        cells.add(text(new Samples(row.theirs())));
        cells.add(Units.fixed(ratio(row), 2));
      }
      cells.add(limits.share(row, loaded).map(BenchCommand::text).orElse("not measured"));
      table.row(cells.toArray());
    }
    output.text(
        switch (format) {
          case MD -> table.toMarkdown();
          case CSV -> table.toCsv();
          default -> table.toText();
        });
  }

  /** Ratio of the medians. */
  private static double ratio(Row row) {
    return new Samples(row.ours()).median() / new Samples(row.theirs()).median();
  }

  private static String text(Samples samples) {
    return Units.fixed(samples.median(), 2) + " ± " + Units.fixed(samples.spread(), 2);
  }

  /** {@code 85 % of 46.1 GB/s}. */
  private static String text(Work.Share share) {
    boolean memory = share.limit().equals("memory");
    return "%s %% of %s %s"
        .formatted(
            Units.fixed(100 * share.value(), 0),
            Units.fixed(share.most() / 1e9, memory ? 1 : 0),
            memory ? "GB/s" : "GFLOP/s " + share.limit());
  }

  private static Map<String, Object> members(Row row, Optional<Work.Share> share) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("test", row.scenario().label());
    members.put("kind", row.scenario().kind().name());
    members.put("tokens", row.scenario().tokens());
    members.put("depth", row.scenario().depth());
    members.put("sequences", row.scenario().sequences());
    members.put("tokensPerSecond", statistics(new Samples(row.ours())));
    if (!row.theirs().isEmpty()) {
      members.put("llamaCppTokensPerSecond", statistics(new Samples(row.theirs())));
      members.put("ratioOfMedians", ratio(row));
    }
    share.ifPresent(known -> {
      members.put("limit", known.limit());
      members.put("reachedPerSecond", known.rate());
      members.put("limitPerSecond", known.most());
      members.put("shareOfLimit", known.value());
    });
    return members;
  }

  private static Map<String, Object> statistics(Samples samples) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("median", samples.median());
    members.put("spread", samples.spread());
    members.put("minimum", samples.minimum());
    members.put("maximum", samples.maximum());
    members.put("samples", samples.values());
    return members;
  }
}
