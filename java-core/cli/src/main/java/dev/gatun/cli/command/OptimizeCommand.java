package dev.gatun.cli.command;

import dev.gatun.cli.optimize.OptimizePage;
import dev.gatun.cli.optimize.OptimizeText;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.optimize.Objective;
import dev.gatun.quantize.optimize.OnnxRecipe;
import dev.gatun.quantize.optimize.OnnxSchemes;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Trial;
import dev.gatun.quantize.optimize.Workflow;
import dev.gatun.quantize.optimize.WorkflowFile;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.files.AtomicFile;
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
      "Quantizes a language model or an ONNX network in several ways, measures each on this machine, and writes the one that fulfils the goal best.",
      "When a limit of accuracy does not hold, the blocks or layers that were hurt most get their precision back. What was made and measured"
          + " is kept in Gatun's folder: a run that was stopped goes on."
    })
public final class OptimizeCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Name or file of a GGUF or ONNX model.")
  private String model;

  @Parameters(index = "1", arity = "0..1", paramLabel = "DST", description = "The file to write.")
  private Path target;

  @Option(
      names = "--workflow",
      paramLabel = "FILE",
      description =
          "Take the search from a JSON or YAML file instead of options; MODEL, DST and --report come before what it says.")
  private Path workflowFile;

  @Option(
      names = "--goal",
      paramLabel = "GOAL",
      description =
          "Limits, and one metric to improve: accuracy>=N, kld<=N, task>=N, size<=N[K|M|G], latency<=N[ms] (${DEFAULT-VALUE}).")
  private String goal = "accuracy>=0.9,latency";

  @Option(
      names = "--types",
      paramLabel = "TYPES",
      split = ",",
      description =
          "Types to try (Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q4_0, IQ4_XS, Q3_K_M); of ONNX schemes (float16, int8, dynamic, static,"
              + " static-smooth, int4, int4-hqq).")
  private List<String> types = List.of();

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description =
          "ONNX: where it shall run: auto (this machine), avx2, vnni, arm64, openvino, tensorrt or qnn-htp; decides the form of"
              + " --types static*, and what the target would refuse is not tried (${DEFAULT-VALUE}).")
  private String machine = "auto";

  @Option(
      names = "--calibration",
      paramLabel = "PATH",
      description =
          "ONNX: examples for schemes that learn, as for gatun quantize (those of --text).")
  private Path calibration;

  @Option(
      names = "--devices",
      paramLabel = "IDS",
      split = ",",
      description =
          "Measure latency on these devices, or on all; the fastest counts (the one that the policy chooses).")
  private List<String> devices = List.of();

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
      description =
          "What is read to measure accuracy (an English text of 17 kB); ONNX: a text with an example a line, an .npz file, or a"
              + " folder of them.")
  private Path text;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Examples with right answers, as for gatun validate: goals may then say task>=N, the share that is answered right.")
  private Path labels;

  @Option(
      names = {"-c", "--ctx"},
      paramLabel = "N",
      description = "Tokens of a window (${DEFAULT-VALUE}).")
  private int window = 256;

  @Option(
      names = "--chunks",
      paramLabel = "N",
      description = "Most windows, or examples of an ONNX model (${DEFAULT-VALUE}).")
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
          "--target",
          "--calibration",
          "--devices",
          "--search",
          "--trials",
          "--text",
          "--labels",
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
    Objective.parse(workflow.goal());
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
    OptimizeResult<?> result;
    try (GatunRuntime runtime = runtimeOptions.open()) {
      result = new OptimizeSearch(runtime, workflow, importanceOptions, output).run(model);
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
            schemes(),
            Optional.ofNullable(calibration),
            "auto".equals(machine) ? Optional.empty() : Optional.of(OnnxTarget.named(machine)),
            importanceOptions.file(),
            allowRequantize,
            tpe ? Optional.of(Workflow.Mix.USUAL) : Optional.empty(),
            true,
            Workflow.Passes.BROKEN),
        tpe ? new Workflow.Method.Tpe(trials, 1) : new Workflow.Method.Exhaustive(),
        new Workflow.Evaluation(
            Optional.ofNullable(text),
            Optional.ofNullable(labels),
            window,
            chunks,
            policy.policy(),
            devices),
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

  /** Of the names under {@code --types} those of schemes of ONNX. */
  private List<String> schemes() {
    return types.stream().filter(OnnxSchemes.all(Optional.empty())::containsKey).toList();
  }

  private List<FileType> fileTypes() {
    return types.stream()
        .filter(name -> !schemes().contains(name))
        .map(name ->
            FileType.of(name)
                .orElseThrow(() ->
                    new GatunException(
                        Kind.USAGE,
                        "'%s' is no type to quantize to; there are %s for GGUF, and %s for ONNX"
                            .formatted(
                                name,
                                FileType.names(),
                                String.join(", ", OnnxSchemes.all(Optional.empty()).keySet())))))
        .toList();
  }

  /** Copies the artifact, which stays in Gatun's folder for later runs. */
  private void write(Trial<?> chosen, Output output) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new GatunException(Kind.USAGE, "there is no folder " + folder);
    }
    if (chosen.recipe() instanceof OnnxRecipe) {
      // Its weights may lie in a second file, which the first one names.
      try (OnnxFile file = OnnxFile.open(chosen.artifact())) {
        OnnxWriter.toFile(file.model(), target);
      }
      output.note("gatun: wrote " + target);
      return;
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

  private void print(OptimizeResult<?> result, Output output) throws IOException {
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
