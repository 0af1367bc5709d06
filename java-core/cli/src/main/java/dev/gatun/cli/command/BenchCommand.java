package dev.gatun.cli.command;

import dev.gatun.bench.method.BenchOptions;
import dev.gatun.bench.method.Entry;
import dev.gatun.bench.method.Entry.Starter;
import dev.gatun.bench.method.LlamaBenchRows;
import dev.gatun.bench.method.SideBySide;
import dev.gatun.bench.peer.LlamaBench;
import dev.gatun.bench.peer.PeerContestant;
import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.BenchReport.AbsentLine;
import dev.gatun.bench.report.BenchReport.ModelLine;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.ModelKind;
import dev.gatun.bench.worker.Job;
import dev.gatun.bench.worker.WorkerProcess;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures models on devices, side by side. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = BenchCompareCommand.class,
    description = {
      "Measures models on devices, side by side: each device in a process of its own, all of a "
          + "model's in turn. Language models: prefill and decode, as llama-bench does. Other "
          + "models: their pipeline from end to end, or runs of the network, in MLPerf's scenarios "
          + "(unofficial).",
      "Figures are medians with 95 %% confidence intervals (bootstrap over rounds); ~ marks what "
          + "the Mann-Whitney test does not tell apart. `of the limit` is what was reached of this "
          + "machine's bandwidth or arithmetic, measured between the tests; `error` compares results "
          + "with `vector`'s."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description = "Names or files of models, GGUF or ONNX.")
  private List<String> models = List.of();

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "IDS",
      description =
          "Measure on these backends or devices, or on `all` (the one that is chosen for `run`)."
              + " Simulators and stand-ins are not among `all`: name them besides.")
  private List<String> backends = List.of();

  @Option(
      names = "--peer",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "PATH",
      description =
          "Also run llama-bench (on the PATH, or this one), in turn, on the same GGUF file.")
  private String peer;

  @Option(
      names = "--import",
      split = ",",
      paramLabel = "FILES",
      description = "Put what `llama-bench -o json` printed beside our rows.")
  private List<Path> imported = List.of();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Also write the whole report there: HTML page, Markdown, CSV, JSON, JSON lines, JUnit.")
  private Path folder;

  @Option(
      names = "--format",
      paramLabel = "F",
      description = "text (default), md, csv, json, jsonl, junit, html.")
  private ReportFormat format = ReportFormat.TEXT;

  @Option(names = "--json", description = "Same as --format json.")
  private boolean json;

  @Mixin private TokenTestOptions tokenTests;
  @Mixin private MeasuringOptions measuring;
  @Mixin private ShapeOptions shapes;
  @Mixin private ModelOptions modelOptions;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    if (models.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "name a model: `gatun bench smollm2`; `gatun list` shows them");
    }
    BenchOptions options = measuring.options();
    LlamaBench llama = peer == null ? null : LlamaBench.find(peer);
    if (folder != null) {
      ReportFolder.require(folder);
    }
    try (GatunRuntime runtime = runtimeOptions.open()) {
      List<ModelLine> lines = new ArrayList<>();
      List<Entry> entries = new ArrayList<>();
      for (String model : models) {
        LocatedModel located = Loading.locate(runtime, model, output);
        ModelLine line = line(model, located);
        lines.add(line);
        entries.add(entry(runtime, line, located, llama));
        if (ModelKind.of(located) == ModelKind.LANGUAGE
            && spec.commandLine().getParseResult().hasMatchedOption("--scenario")) {
          output.note(
              "gatun: %s: scenarios are of other models; language models run -p, -n and -npl"
                  .formatted(model));
        }
      }
      var bench = new SideBySide(options, what -> output.note("gatun: " + what));
      // Read first: what cannot be read shall cost no measurement.
      List<Row> others = new ArrayList<>();
      imported.forEach(file -> others.addAll(LlamaBenchRows.read(file, lines)));
      Entry.together(entries, runtime.memoryBudget()).forEach(bench::run);
      bench.add(others);
      BenchReport report = report(runtime, date, options, lines, bench.findings());
      print(report, output);
      if (folder != null) {
        ReportFolder.write(folder, report).forEach(file -> output.note("gatun: wrote " + file));
      }
      return exitCode(report);
    }
  }

  /** When nothing ran there is no table: why is an error, and told once. */
  private void print(BenchReport report, Output output) {
    ReportFormat wanted = json ? ReportFormat.JSON : format;
    boolean table = wanted == ReportFormat.TEXT || wanted == ReportFormat.MD;
    if (report.rows().isEmpty()) {
      ReportFormat.notes(report).lines().forEach(line -> output.note("gatun: " + line));
    }
    if (!report.rows().isEmpty() || !table) {
      output.text(wanted.text(report));
    }
  }

  private static int exitCode(BenchReport report) {
    if (report.rows().isEmpty()) {
      return GatunException.Kind.BACKEND_UNAVAILABLE.exitCode();
    }
    boolean wrong = report.rows().stream().anyMatch(row -> row.accuracy().differs());
    return wrong ? GatunException.Kind.MISMATCH.exitCode() : 0;
  }

  private static ModelLine line(String model, LocatedModel located) {
    long bytes = 0;
    for (Path path : located.paths()) {
      try {
        bytes += Files.size(path);
      } catch (IOException e) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "%s cannot be read (%s)".formatted(path, GatunException.reason(e)),
            e);
      }
    }
    return new ModelLine(
        model, located.path().getFileName().toString(), bytes, located.digest().orElse(""));
  }

  private Entry entry(
      GatunRuntime runtime, ModelLine line, LocatedModel located, LlamaBench llama) {
    ModelKind kind = ModelKind.of(located);
    List<BenchTest> tests = tests(kind, located);
    List<Starter> starters = new ArrayList<>();
    for (Policy policy : policies(runtime)) {
      Job job = job(line.name(), kind, tests, policy);
      starters.add(new Starter(name(policy), () -> WorkerProcess.start(job)));
    }
    if (llama != null && kind == ModelKind.LANGUAGE) {
      Path file = located.path().toAbsolutePath();
      starters.add(
          new Starter(
              PeerContestant.DEVICE,
              () -> new PeerContestant(llama, file, tests, runtime.threads())));
    }
    return new Entry(line.name(), line.bytes(), tests, starters);
  }

  private List<BenchTest> tests(ModelKind kind, LocatedModel located) {
    if (kind != ModelKind.LANGUAGE) {
      return measuring.tests(kind);
    }
    List<BenchTest> tests = tokenTests.tests(measuring.isQuick());
    TokenTestOptions.requireFits(tests, LanguageModel.contextLength(located, language()));
    return tests;
  }

  private LoadOptions language() {
    return modelOptions.load(Policy.auto()).withSequences(tokenTests.sequences());
  }

  /** One for each contestant. */
  private List<Policy> policies(GatunRuntime runtime) {
    if (backends.isEmpty() && !all()) {
      return List.of(modelOptions.policy.policy());
    }
    List<Policy> each = new ArrayList<>();
    if (all()) {
      devices(runtime)
          .filter(device -> !device.isEmulated())
          .forEach(device -> each.add(Policy.require(device.id())));
    }
    backends.stream().filter(id -> !id.equals(ALL)).map(Policy::require).forEach(each::add);
    return each.stream().distinct().toList();
  }

  private boolean all() {
    return modelOptions.policy.isAll() || backends.contains(ALL);
  }

  private static Stream<DeviceInfo> devices(GatunRuntime runtime) {
    return runtime.backends().stream().flatMap(backend -> backend.devices().stream());
  }

  /** Of {@code all}: backends without a device here, and devices that are none. */
  private List<AbsentLine> leftOut(GatunRuntime runtime) {
    List<AbsentLine> absent = new ArrayList<>();
    if (!all()) {
      return absent;
    }
    for (BackendStatus backend : runtime.backends()) {
      if (backend.devices().isEmpty()) {
        absent.add(new AbsentLine("", backend.id(), backend.reason(), backend.remedy()));
      }
    }
    devices(runtime)
        .filter(DeviceInfo::isEmulated)
        .filter(
            device -> backends.stream().noneMatch(List.of(device.id(), device.backend())::contains))
        .forEach(device ->
            absent.add(
                new AbsentLine(
                    "",
                    device.id(),
                    "it is emulated on the processor (%s), so its times say nothing"
                        .formatted(device.name()),
                    "to measure it all the same, name it: --backends all," + device.id())));
    return absent;
  }

  private static String name(Policy policy) {
    return policy instanceof Policy.Require(String id) ? id : policy.text();
  }

  private Job job(String model, ModelKind kind, List<BenchTest> tests, Policy policy) {
    LoadOptions options = language();
    Map<String, long[]> extents = new HashMap<>();
    shapes.shapes().forEach((input, shape) -> extents.put(input, shape.toArray()));
    return new Job(
        model,
        kind,
        policy.text(),
        tests,
        runtimeOptions.properties(),
        extents,
        options.context(),
        options.batch(),
        options.sequences(),
        options.stateType(),
        options.deterministic(),
        options.tuned());
  }

  private BenchReport report(
      GatunRuntime runtime,
      String date,
      BenchOptions options,
      List<ModelLine> lines,
      SideBySide.Findings findings) {
    List<AbsentLine> absent = new ArrayList<>(findings.absent());
    absent.addAll(leftOut(runtime));
    List<String> command = new ArrayList<>(List.of("gatun"));
    command.addAll(spec.commandLine().getParseResult().originalArgs());
    Map<String, Object> machine = Machine.members(runtime);
    // A report is made to be shown: whose folders these are is no part of it.
    machine.remove("home");
    machine.put("governor", findings.governor());
    return new BenchReport(
        BenchReport.SCHEMA,
        date,
        GatunRuntime.VERSION,
        command,
        machine,
        options.method(
            runtime.threads(),
            findings.batch(),
            WorkerProcess.flags(),
            runtimeOptions.properties()),
        lines,
        findings.rows(),
        absent,
        findings.pairs(),
        findings.rooflines(),
        findings.conditions(),
        findings.notes());
  }
}
