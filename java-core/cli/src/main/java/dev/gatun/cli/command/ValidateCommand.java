package dev.gatun.cli.command;

import dev.gatun.bench.task.ModelKind;
import dev.gatun.cli.validate.DecoderSections;
import dev.gatun.cli.validate.EncoderValidation;
import dev.gatun.cli.validate.NetworkValidation;
import dev.gatun.cli.validate.ProcessMemory;
import dev.gatun.cli.validate.ValidationPage;
import dev.gatun.cli.validate.ValidationReport;
import dev.gatun.cli.validate.ValidationText;
import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.Perplexity;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.quantize.onnx.CalibrationInputs;
import dev.gatun.quantize.validate.DecoderReport;
import dev.gatun.quantize.validate.DecoderValidation;
import dev.gatun.quantize.validate.DecoderValidation.Subject;
import dev.gatun.quantize.validate.LabelledFile;
import dev.gatun.quantize.validate.LabelledFile.LabelledInputs;
import dev.gatun.quantize.validate.LabelledFile.LabelledText;
import dev.gatun.quantize.validate.Limits;
import dev.gatun.quantize.validate.NetworkErrors;
import dev.gatun.quantize.validate.StandardText;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.files.AtomicFile;
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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a change of a model costs. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Compares a model with the one that it was made of, and fails (exit code 5) when it is too"
          + " far from it.",
      "Models that write text: perplexity and KL divergence as llama-perplexity measures them,"
          + " weights and blocks layer by layer, speed, memory, edge cases.",
      "Text encoders: cosine of their vectors. Other ONNX networks: their outputs for given or"
          + " made-up inputs."
    })
public final class ValidateCommand implements Callable<Integer> {
  private static final int LONGEST = 1024;

  /** Texts that the layers of encoders are compared for, and their longest. */
  private static final int LAYER_TEXTS = 4;

  private static final int LAYER_TOKENS = 128;

  @Parameters(index = "0", paramLabel = "REF", description = "The model to compare with.")
  private String reference;

  @Parameters(index = "1", paramLabel = "CANDIDATE", description = "The model to judge.")
  private String candidate;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "What both read; for encoders one text a line (an English text of 17 kB).")
  private Path text;

  @Option(
      names = {"-c", "--ctx"},
      paramLabel = "N",
      description = "Tokens of a window (${DEFAULT-VALUE}).")
  private int window = Perplexity.WINDOW;

  @Option(names = "--chunks", paramLabel = "N", description = "Most windows (all).")
  private int chunks = Integer.MAX_VALUE;

  @Option(
      names = "--longest",
      paramLabel = "N",
      description = "Tokens of the test of a full context (${DEFAULT-VALUE}).")
  private int longest = LONGEST;

  @Option(
      names = "--thresholds",
      paramLabel = "NAME=NUMBER",
      split = ",",
      description =
          "Limits other than the usual ones: kld=0.1, ppl-ratio=1.1, same-top=0.9, not-finite=0,"
              + " cosine=0.99, least-cosine=0.95, output-cosine=0.99, task-accuracy=0,"
              + " task-loss=0.01.")
  private Map<String, Double> thresholds = Map.of();

  @Option(
      names = "--save-logits",
      paramLabel = "FILE",
      description = "Keep the reference's predictions, in llama-perplexity's form.")
  private Path saveLogits;

  @Option(
      names = "--logits",
      paramLabel = "FILE",
      description = "The reference's predictions: REF is not run, only its weights are read.")
  private Path logits;

  @Option(
      names = "--inputs",
      paramLabel = "PATH",
      description =
          "Inputs of an ONNX network: an .npz file with an array per input, or a folder of them"
              + " (four made-up ones).")
  private Path inputs;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Examples with right answers, one JSON object a line; for models that write text"
              + " {\"context\", \"choices\", \"label\"}, answered by likelihood; for encoders"
              + " {\"text\", \"label\"}, by the nearest neighbour; for networks {\"inputs\":"
              + " \"a.npz\", \"label\"}, by the largest output.")
  private Path labels;

  @Option(
      names = "--exact",
      description =
          "Models that write text: both compute without rounding activations to 8 bits, where the"
              + " device leaves the choice; what is left is what the weights cost.")
  private boolean exact;

  @Option(names = "--no-layers", description = "Do not compare blocks or layers.")
  private boolean noLayers;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write validation.html and validation.json to a folder.")
  private Path folder;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();
  @Mixin private ShapeOptions shapes;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var out = new Output(spec);
    Limits limits = Limits.of(thresholds);
    check();
    if (folder != null) {
      ReportFolder.require(folder);
    }
    ValidationReport report;
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel first = Loading.locate(runtime, reference, out);
      LocatedModel second = Loading.locate(runtime, candidate, out);
      report = run(runtime, first, second, limits, out);
    }
    if (folder != null) {
      write(report, out);
    }
    out.text(json ? ValidationText.json(report) + "\n" : ValidationText.text(report));
    return report.passed() ? 0 : Kind.MISMATCH.exitCode();
  }

  private void check() {
    if (window < 4 || chunks < 1 || longest < 1) {
      throw usage("--ctx must be at least 4, --chunks and --longest at least 1");
    }
    if (logits != null && (saveLogits != null || text != null)) {
      throw usage(
          "--logits brings its text and predictions: give neither --text nor --save-logits");
    }
  }

  private ValidationReport run(
      GatunRuntime runtime, LocatedModel first, LocatedModel second, Limits limits, Output out)
      throws IOException {
    ModelKind kind = ModelKind.of(first);
    ModelKind other = ModelKind.of(second);
    boolean writes = kind == ModelKind.LANGUAGE;
    boolean encodes = kind == ModelKind.EMBEDDING;
    if (writes != (other == ModelKind.LANGUAGE) || encodes != (other == ModelKind.EMBEDDING)) {
      throw new GatunException(
          Kind.MISMATCH,
          "%s is for `%s`, %s for `%s`: they cannot be compared"
              .formatted(reference, kind.label(), candidate, other.label()));
    }
    if (writes) {
      return decoders(runtime, first, second, limits, out);
    }
    if (logits != null || saveLogits != null) {
      throw usage("--logits and --save-logits are for models that write text");
    }
    if (exact) {
      throw usage("--exact is for models that write text");
    }
    List<String> names = List.of(reference, candidate);
    List<Long> bytes = List.of(bytes(first), bytes(second));
    if (encodes) {
      List<LabelledText> labelled = labels == null ? List.of() : new LabelledFile(labels).texts();
      return new EncoderValidation(runtime, policy.policy(), texts(), labelled)
          .run(names, bytes, limits, layers(runtime, first, second));
    }
    List<LabelledInputs> labelled = labels == null ? List.of() : new LabelledFile(labels).inputs();
    if (inputs != null && labels != null) {
      throw usage("--labels names the inputs itself: give no --inputs");
    }
    return new NetworkValidation(
            runtime,
            policy.policy(),
            shapes.shapes(),
            labels == null ? inputs() : labelled.stream().map(LabelledInputs::inputs).toList(),
            labelled.stream().map(LabelledInputs::label).toList(),
            !noLayers)
        .run(names, List.of(network(first), network(second)), bytes, limits);
  }

  private ValidationReport decoders(
      GatunRuntime runtime, LocatedModel first, LocatedModel second, Limits limits, Output out)
      throws IOException {
    String content = text == null ? StandardText.read() : PromptText.read(text);
    var options =
        new DecoderValidation.Options(
            policy.policy(),
            content,
            window,
            chunks,
            longest,
            Optional.ofNullable(saveLogits),
            Optional.ofNullable(logits),
            exact,
            !noLayers,
            labels == null ? List.of() : new LabelledFile(labels).questions());
    var validation =
        new DecoderValidation(
            runtime, options, new ProcessMemory(), line -> out.note("gatun: " + line));
    try (ModelSource one = ModelFiles.open(first.paths(), first.name());
        ModelSource two = ModelFiles.open(second.paths(), second.name())) {
      DecoderReport report =
          validation.run(new Subject(one, first.digest()), new Subject(two, second.digest()));
      return DecoderSections.of(report, limits, List.of(reference, candidate));
    }
  }

  /** Of two encoders that are ONNX networks. */
  private Optional<NetworkErrors> layers(
      GatunRuntime runtime, LocatedModel first, LocatedModel second) {
    if (noLayers || !folder(first).hasNetwork() || !folder(second).hasNetwork()) {
      return Optional.empty();
    }
    Path file = network(first);
    Tokenizer tokenizer =
        Tokenizers.from(TokenizerJson.read(folder(first).file("tokenizer.json")).metadata());
    List<Map<String, Tensor>> examples =
        CalibrationInputs.texts(
            file,
            tokenizer,
            texts().subList(0, Math.min(LAYER_TEXTS, texts().size())),
            LAYER_TOKENS,
            false);
    return Optional.of(NetworkErrors.of(runtime, policy.policy(), file, network(second), examples));
  }

  private static ModelFolder folder(LocatedModel located) {
    return ModelFolder.of(located);
  }

  private List<String> texts() {
    if (text == null) {
      return StandardText.sentences();
    }
    List<String> lines = PromptText.read(text).lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      throw usage(text + " has no lines");
    }
    return lines;
  }

  private List<Map<String, Tensor>> inputs() {
    return inputs == null ? List.of() : CalibrationInputs.archives(inputs);
  }

  private static Path network(LocatedModel located) {
    ModelFolder files = folder(located);
    if (files.main().isEmpty() && files.networks().size() != 1) {
      throw usage(
          "%s has %d networks; name the one that is meant by its path"
              .formatted(located.name(), files.networks().size()));
    }
    return files.main().orElseGet(() -> files.networks().getFirst());
  }

  private static long bytes(LocatedModel located) {
    return located.paths().stream()
        .filter(path -> !path.toString().endsWith(".json"))
        .mapToLong(path -> {
          try {
            return Files.size(path);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
          }
        })
        .sum();
  }

  private void write(ValidationReport report, Output out) throws IOException {
    List<String> command = new ArrayList<>(List.of("gatun"));
    command.addAll(spec.commandLine().getParent().getParseResult().originalArgs());
    Path page = folder.resolve("validation.html");
    AtomicFile.write(page, ValidationPage.of(report, command).getBytes(StandardCharsets.UTF_8));
    AtomicFile.write(
        folder.resolve("validation.json"),
        ValidationText.json(report).getBytes(StandardCharsets.UTF_8));
    out.note("gatun: wrote " + page);
  }

  private static GatunException usage(String message) {
    return new GatunException(Kind.USAGE, message);
  }
}
