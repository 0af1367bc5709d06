package dev.gatun.cli.command;

import dev.gatun.cli.output.Units;
import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.onnx.CalibrationInputs;
import dev.gatun.quantize.optimize.ArtifactCache;
import dev.gatun.quantize.optimize.Craft;
import dev.gatun.quantize.optimize.DecoderEvaluator;
import dev.gatun.quantize.optimize.Evaluator;
import dev.gatun.quantize.optimize.GgufCraft;
import dev.gatun.quantize.optimize.Metric;
import dev.gatun.quantize.optimize.Objective;
import dev.gatun.quantize.optimize.OnnxCraft;
import dev.gatun.quantize.optimize.OnnxEvaluator;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Optimizer;
import dev.gatun.quantize.optimize.Recipe;
import dev.gatun.quantize.optimize.Search;
import dev.gatun.quantize.optimize.Trial;
import dev.gatun.quantize.optimize.Workflow;
import dev.gatun.quantize.validate.DecoderValidation.Subject;
import dev.gatun.quantize.validate.LabelledFile;
import dev.gatun.quantize.validate.LabelledFile.LabelledInputs;
import dev.gatun.quantize.validate.LabelledFile.LabelledText;
import dev.gatun.quantize.validate.StandardText;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.Digests;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Carries a workflow out on a model, whatever its format. */
final class OptimizeSearch {
  private static final int LONGEST = 256;

  private final GatunRuntime runtime;
  private final Workflow workflow;
  private final ImportanceOptions importanceOptions;
  private final Output output;

  OptimizeSearch(
      GatunRuntime runtime, Workflow workflow, ImportanceOptions importance, Output output) {
    this.runtime = runtime;
    this.workflow = workflow;
    this.importanceOptions = importance;
    this.output = output;
  }

  /**
   * Runs it.
   *
   * @param name of the model, as the user gave it
   */
  OptimizeResult<?> run(String name) throws IOException {
    if (Objective.parse(workflow.goal()).names(Metric.TASK)
        && workflow.evaluation().labels().isEmpty()) {
      throw new GatunException(
          Kind.USAGE,
          "the goal names task, the share of labelled examples that are answered right: give them with --labels (in a workflow, evaluate.labels)");
    }
    Optional<ModelFolder> folder = ModelFolder.onDisk(name);
    if (folder.isPresent()) {
      return network(folder.get());
    }
    LocatedModel located = Loading.locate(runtime, name, output);
    if (OnnxSummary.isOnnx(located)) {
      return network(ModelFolder.of(located));
    }
    if (!workflow.passes().schemes().isEmpty() || workflow.passes().target().isPresent()) {
      throw new GatunException(
          Kind.USAGE,
          "%s is GGUF: its --types are llama-quantize's, such as Q4_K_M, and it has no --target"
              .formatted(name));
    }
    try (ModelSource source = ModelFiles.open(located.paths(), name)) {
      if (!(source instanceof GgufFile file)) {
        throw new GatunException(
            Kind.MODEL, "%s is not GGUF; make one of it with gatun convert".formatted(name));
      }
      return decoder(file, located);
    }
  }

  private OptimizeResult<?> decoder(GgufFile source, LocatedModel located) throws IOException {
    Optional<UsedImportance> importance = importanceOptions.read(workflow.passes().importance());
    String importanceDigest =
        importance.isPresent() ? Digests.of(Path.of(importance.get().file())) : "";
    String digest = located.digest().orElse(null);
    if (digest == null) {
      digest = digest(located.paths());
    }
    var reading =
        new DecoderEvaluator.Reading(
            workflow.evaluation().measured(),
            workflow.evaluation().text().map(PromptText::read).orElseGet(StandardText::read),
            workflow.evaluation().window(),
            workflow.evaluation().windows(),
            workflow
                .evaluation()
                .labels()
                .map(labels -> new LabelledFile(labels).questions())
                .orElse(List.of()));
    var evaluator =
        new DecoderEvaluator(
            runtime, new Subject(source, Optional.of(digest)), reading, kept(), this::said);
    var craft =
        new GgufCraft(
            source,
            digest,
            importance,
            importanceDigest,
            workflow.passes().allowRequantize(),
            runtime.threads());
    return search(craft, evaluator, workflow.search(workflow.types()));
  }

  private OptimizeResult<?> network(ModelFolder folder) throws IOException {
    if (!workflow.passes().types().isEmpty() || workflow.passes().importance().isPresent()) {
      throw new GatunException(
          Kind.USAGE,
          "%s is ONNX: its --types are schemes, such as static or int4-hqq, and it takes --calibration instead of --imatrix"
              .formatted(folder.name()));
    }
    Path network = folder.network("model.onnx");
    Inputs evaluated = inputs(folder, network, workflow.evaluation().text());
    Inputs learned =
        workflow.passes().calibration().isPresent()
            ? inputs(folder, network, workflow.passes().calibration())
            : evaluated;
    Optional<Labels> labelled = labels(folder, network);
    var evaluator =
        new OnnxEvaluator(
            runtime,
            network,
            evaluated.examples(),
            labelled.map(Labels::task),
            labelled.isPresent()
                ? ArtifactCache.key(evaluated.digest(), labelled.get().digest())
                : evaluated.digest(),
            workflow.evaluation().measured(),
            this::said);
    var craft =
        new OnnxCraft(
            runtime,
            workflow.evaluation().policy(),
            network,
            Digests.of(network),
            learned.examples(),
            learned.digest(),
            workflow.passes().target());
    boolean tpe = workflow.method() instanceof Workflow.Method.Tpe;
    return search(
        craft,
        evaluator,
        workflow.search(workflow.schemes(tpe ? firstAndLast(network) : List.of())));
  }

  private <R extends Recipe> OptimizeResult<R> search(
      Craft<R> craft, Evaluator evaluator, Search<R> search) throws IOException {
    var rules = new Optimizer.Rules(workflow.passes().restore(), workflow.passes().leastSignal());
    return new Optimizer<>(
            craft,
            new ArtifactCache(kept()),
            evaluator,
            rules,
            trial -> note(trial, evaluator.wording()))
        .run(search, Objective.parse(workflow.goal()));
  }

  /** What was made and measured, in Gatun's folder. */
  private Path kept() throws IOException {
    return Files.createDirectories(runtime.home().resolve("optimize"));
  }

  /** Examples, and the digest of what they were read from. */
  private record Inputs(List<Map<String, Tensor>> examples, String digest) {}

  private Inputs inputs(ModelFolder folder, Path network, Optional<Path> given) throws IOException {
    int most = workflow.evaluation().windows();
    if (given.isPresent()
        && (Files.isDirectory(given.get()) || given.get().toString().endsWith(".npz"))) {
      List<Map<String, Tensor>> all = CalibrationInputs.archives(given.get());
      return new Inputs(all.subList(0, Math.min(most, all.size())), digest(files(given.get())));
    }
    CalibrationInputs.requireEncoder(network, "--text");
    List<String> lines = given.isPresent() ? lines(given.get()) : CalibrationInputs.sentences();
    List<String> used = lines.subList(0, Math.min(most, lines.size()));
    return new Inputs(
        tokens(folder, network, used), ArtifactCache.key(used.toArray(String[]::new)));
  }

  /** Examples with right answers, and the digest of what they were read from. */
  private record Labels(OnnxEvaluator.Labelled task, String digest) {}

  private Optional<Labels> labels(ModelFolder folder, Path network) throws IOException {
    Optional<Path> given = workflow.evaluation().labels();
    if (given.isEmpty()) {
      return Optional.empty();
    }
    LabelledFile file = new LabelledFile(given.get());
    if (CalibrationInputs.beyondTexts(network).isEmpty()) {
      List<LabelledText> texts = file.texts();
      List<Map<String, Tensor>> examples =
          tokens(folder, network, texts.stream().map(LabelledText::text).toList());
      List<String> labels = texts.stream().map(LabelledText::label).toList();
      return Optional.of(
          new Labels(new OnnxEvaluator.Labelled(examples, labels), Digests.of(given.get())));
    }
    List<LabelledInputs> inputs = file.inputs();
    return Optional.of(
        new Labels(
            new OnnxEvaluator.Labelled(
                inputs.stream().map(LabelledInputs::inputs).toList(),
                inputs.stream().map(each -> Integer.toString(each.label())).toList()),
            ArtifactCache.key(
                Digests.of(given.get()), digest(files(given.get().toAbsolutePath().getParent())))));
  }

  private static List<Map<String, Tensor>> tokens(
      ModelFolder folder, Path network, List<String> texts) {
    TokenizerJson json = TokenizerJson.read(folder.file("tokenizer.json"));
    return CalibrationInputs.texts(
        network,
        Tokenizers.from(json.metadata()),
        texts,
        Math.min(LONGEST, json.longest().orElse(LONGEST)),
        false);
  }

  private static List<String> lines(Path text) {
    try (Stream<String> lines = Files.lines(text, StandardCharsets.UTF_8)) {
      return lines.filter(line -> !line.isBlank()).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new GatunException(
          Kind.FAILURE, "%s cannot be read (%s)".formatted(text, GatunException.reason(e)), e);
    }
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(".npz")).sorted().toList();
    }
  }

  private static String digest(List<Path> paths) throws IOException {
    List<String> parts = new ArrayList<>();
    for (Path path : paths) {
      parts.add(Digests.of(path));
    }
    return parts.size() == 1 ? parts.getFirst() : ArtifactCache.key(parts.toArray(String[]::new));
  }

  /** The nodes at both ends that have weights, which often hurt most. */
  private static List<String> firstAndLast(Path network) {
    try (OnnxFile file = OnnxFile.open(network)) {
      var weights = file.model().graph().initializers();
      List<String> names =
          file.model().graph().nodes().stream()
              .filter(node -> List.of("MatMul", "Gemm", "Conv", "Gather").contains(node.type()))
              .filter(node -> node.inputs().stream().anyMatch(weights::containsKey))
              .map(OnnxNode::name)
              .filter(node -> !node.isEmpty())
              .toList();
      return names.size() < 2 ? names : List.of(names.getFirst(), names.getLast());
    }
  }

  private void said(String line) {
    output.note("gatun: " + line);
  }

  private void note(Trial<?> trial, Evaluator.Wording wording) {
    said(
        "%s: accuracy %s, %s %s, %s, %s ms a %s on %s%s"
            .formatted(
                trial.recipe().title(),
                Units.fixed(trial.measured().accuracy(), 4),
                wording.divergence().toLowerCase(java.util.Locale.ROOT),
                Units.fixed(trial.measured().divergence(), 4),
                Units.bytes(trial.measured().bytes()),
                Units.fixed(trial.measured().seconds() * 1e3, 2),
                wording.run().toLowerCase(java.util.Locale.ROOT),
                trial.measured().device(),
                trial.cached() ? " (measured before)" : ""));
  }
}
