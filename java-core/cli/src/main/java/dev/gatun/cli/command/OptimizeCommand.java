package dev.gatun.cli.command;

import dev.gatun.cli.optimize.OptimizePage;
import dev.gatun.cli.optimize.OptimizeText;
import dev.gatun.cli.output.Units;
import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.optimize.ArtifactCache;
import dev.gatun.quantize.optimize.DecoderEvaluator;
import dev.gatun.quantize.optimize.Objective;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Optimizer;
import dev.gatun.quantize.optimize.Trial;
import dev.gatun.quantize.optimize.Workflow;
import dev.gatun.quantize.optimize.WorkflowFile;
import dev.gatun.quantize.validate.DecoderValidation.Subject;
import dev.gatun.quantize.validate.StandardText;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.store.Digests;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Searches for the types that fulfil a goal best on this machine. */
@Command(
    name = "optimize",
    mixinStandardHelpOptions = true,
    description = {
      "Quantizes a language model in several ways, measures each on this machine, and writes the one that fulfils the goal best.",
      "When a limit of accuracy does not hold, the blocks that were hurt most get their precision back. What was made and measured"
          + " is kept in Gatun's folder: a run that was stopped goes on."
    })
public final class OptimizeCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Name or file of a GGUF model.")
  private String model;

  @Parameters(index = "1", arity = "0..1", paramLabel = "DST", description = "The file to write.")
  private Path target;

  @Option(
      names = "--workflow",
      paramLabel = "FILE",
      description =
          "Take the search from a JSON file instead of options; MODEL, DST and --report come before what it says.")
  private Path workflowFile;

  @Option(
      names = "--goal",
      paramLabel = "GOAL",
      description =
          "Limits, and one metric to improve: accuracy>=N, kld<=N, size<=N[K|M|G], latency<=N[ms] (${DEFAULT-VALUE}).")
  private String goal = "accuracy>=0.9,latency";

  @Option(
      names = "--types",
      paramLabel = "TYPES",
      split = ",",
      description = "Types to try (Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q4_0, IQ4_XS, Q3_K_M).")
  private List<String> types = List.of();

  @Option(
      names = "--search",
      paramLabel = "NAME",
      description =
          "exhaustive: each type; tpe: types of parts of the model too, by a tree-structured Parzen estimator (${DEFAULT-VALUE}).")
  private SearchName search = SearchName.EXHAUSTIVE;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Recipes that tpe tries (${DEFAULT-VALUE}).")
  private int trials = 20;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "What is read to measure accuracy (an English text of 17 kB).")
  private Path text;

  @Option(
      names = {"-c", "--ctx"},
      paramLabel = "N",
      description = "Tokens of a window (${DEFAULT-VALUE}).")
  private int window = 256;

  @Option(names = "--chunks", paramLabel = "N", description = "Most windows (${DEFAULT-VALUE}).")
  private int chunks = 8;

  @Option(names = "--allow-requantize", description = "Take a model that is quantized already.")
  private boolean allowRequantize;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write optimize.html and optimize.json to a folder.")
  private Path folder;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private ImportanceOptions importanceOptions;
  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  /** Options whose meaning a workflow has, too. */
  private static final Set<String> DECLARED =
      Set.of(
          "--goal",
          "--types",
          "--search",
          "--trials",
          "--text",
          "--ctx",
          "--chunks",
          "--allow-requantize",
          "--imatrix",
          "--include-weights",
          "--exclude-weights",
          "--backend",
          "--prefer",
          "--policy");

  private enum SearchName {
    EXHAUSTIVE,
    TPE
  }

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    Workflow workflow = workflowFile == null ? ofOptions() : ofFile();
    Objective objective = Objective.parse(workflow.goal());
    model =
        workflow
            .model()
            .orElseThrow(
                () -> new GatunException(Kind.USAGE, "give a MODEL, here or in the workflow"));
    target = workflow.output().orElse(null);
    goal = workflow.goal();
    folder = workflow.report().orElse(null);
    if (folder != null) {
      ReportFolder.require(folder);
    }
    OptimizeResult result;
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.resolve(runtime, model, output);
      try (ModelSource source = ModelFiles.open(located.paths(), model)) {
        if (!(source instanceof GgufFile file)) {
          throw new GatunException(
              Kind.MODEL, "%s is not GGUF; make one of it with gatun convert".formatted(model));
        }
        result = run(runtime, file, located, workflow, objective, output);
      }
    }
    if (target != null && result.chosen().isPresent()) {
      write(result.chosen().get(), output);
    }
    print(result, output);
    return result.met() ? 0 : Kind.MISMATCH.exitCode();
  }

  /** What the options declare. */
  private Workflow ofOptions() {
    if (window < 4 || chunks < 1 || trials < 1) {
      throw new GatunException(
          Kind.USAGE, "--ctx must be at least 4, --chunks and --trials at least 1");
    }
    boolean tpe = search == SearchName.TPE;
    return new Workflow(
        Optional.ofNullable(model),
        Optional.ofNullable(target),
        goal,
        new Workflow.Passes(
            fileTypes(),
            importanceOptions.file(),
            allowRequantize,
            tpe ? Optional.of(Workflow.Mix.USUAL) : Optional.empty(),
            true,
            Workflow.Passes.BROKEN),
        tpe ? new Workflow.Method.Tpe(trials, 1) : new Workflow.Method.Exhaustive(),
        new Workflow.Evaluation(Optional.ofNullable(text), window, chunks, policy.policy()),
        Optional.ofNullable(folder));
  }

  /** What a file declares; of the command line only what and where. */
  private Workflow ofFile() {
    List<String> other =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(option -> option.longestName())
            .filter(DECLARED::contains)
            .toList();
    if (!other.isEmpty()) {
      throw new GatunException(
          Kind.USAGE,
          "%s stands in the workflow: change it there, or leave --workflow out"
              .formatted(String.join(", ", other)));
    }
    Workflow read = WorkflowFile.read(workflowFile);
    return new Workflow(
        Optional.ofNullable(model).or(read::model),
        Optional.ofNullable(target).or(read::output),
        read.goal(),
        read.passes(),
        read.method(),
        read.evaluation(),
        Optional.ofNullable(folder).or(read::report));
  }

  private OptimizeResult run(
      GatunRuntime runtime,
      GgufFile source,
      LocatedModel located,
      Workflow workflow,
      Objective objective,
      Output output)
      throws IOException {
    Path kept = Files.createDirectories(runtime.home().resolve("optimize"));
    String digest = located.digest().orElse(null);
    if (digest == null) {
      digest = digest(located);
    }
    Optional<UsedImportance> importance = importanceOptions.read(workflow.passes().importance());
    String importanceDigest =
        importance.isPresent() ? Digests.of(Path.of(importance.get().file())) : "";
    var reading =
        new DecoderEvaluator.Reading(
            workflow.evaluation().policy(),
            workflow.evaluation().text().map(PromptText::read).orElseGet(StandardText::read),
            workflow.evaluation().window(),
            workflow.evaluation().windows());
    var evaluator =
        new DecoderEvaluator(
            runtime, new Subject(source, Optional.of(digest)), reading, kept, line -> {});
    var work =
        new Optimizer.Work(
            source, digest, importance, importanceDigest, workflow.passes(), runtime.threads());
    return new Optimizer(work, new ArtifactCache(kept), evaluator, trial -> note(trial, output))
        .run(workflow.search(), objective);
  }

  private static String digest(LocatedModel located) throws IOException {
    List<String> parts = new ArrayList<>();
    for (Path path : located.paths()) {
      parts.add(Digests.of(path));
    }
    return parts.size() == 1 ? parts.getFirst() : ArtifactCache.key(parts.toArray(String[]::new));
  }

  private List<FileType> fileTypes() {
    return types.stream()
        .map(name ->
            FileType.of(name)
                .orElseThrow(() ->
                    new GatunException(
                        Kind.USAGE,
                        "'%s' is no type to quantize to; there are %s"
                            .formatted(name, FileType.names()))))
        .toList();
  }

  private static void note(Trial trial, Output output) {
    output.note(
        "gatun: %s: accuracy %s, kld %s, %s, %s ms a token%s"
            .formatted(
                trial.recipe().title(),
                Units.fixed(trial.measured().accuracy(), 4),
                Units.fixed(trial.measured().divergence(), 4),
                Units.bytes(trial.measured().bytes()),
                Units.fixed(trial.measured().seconds() * 1e3, 2),
                trial.cached() ? " (measured before)" : ""));
  }

  /** Copies the artifact, which stays in Gatun's folder for later runs. */
  private void write(Trial chosen, Output output) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new GatunException(Kind.USAGE, "there is no folder " + folder);
    }
    Path partial = Files.createTempFile(folder, "." + target.getFileName(), ".partial");
    try {
      Files.copy(chosen.artifact(), partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
    output.note("gatun: wrote " + target);
  }

  private void print(OptimizeResult result, Output output) throws IOException {
    String file = target == null ? null : target.toString();
    String document = OptimizeText.json(result, model, goal, file);
    if (folder != null) {
      List<String> command = new ArrayList<>(List.of("gatun"));
      command.addAll(spec.commandLine().getParent().getParseResult().originalArgs());
      Path page = folder.resolve("optimize.html");
      AtomicFile.write(
          page,
          OptimizePage.of(result, model, goal, command, document).getBytes(StandardCharsets.UTF_8));
      AtomicFile.write(folder.resolve("optimize.json"), document.getBytes(StandardCharsets.UTF_8));
      output.note("gatun: wrote " + page);
    }
    if (json) {
      output.line(document);
      return;
    }
    output.text(OptimizeText.text(result));
    if (!result.met()) {
      output.line("");
      output.line(
          "no trial keeps all limits of %s; the nearest is marked: loosen the goal, or try other --types"
              .formatted(goal));
    }
  }
}
