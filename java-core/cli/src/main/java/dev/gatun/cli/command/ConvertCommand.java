package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.ProgressBar;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.convert.Conversion;
import dev.gatun.quantize.convert.ConvertListener;
import dev.gatun.quantize.convert.ConvertOptions;
import dev.gatun.quantize.convert.ConvertReport;
import dev.gatun.quantize.convert.FloatType;
import dev.gatun.quantize.convert.MlxFormat;
import dev.gatun.quantize.convert.MlxMode;
import dev.gatun.quantize.convert.MlxRecipe;
import dev.gatun.quantize.convert.MlxScheme;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Converts a model to another format. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Converts a model to another format.",
      "A folder of Hugging Face's (config.json, *.safetensors, tokenizer) becomes GGUF when DST is"
          + " named *.gguf; a GGUF file becomes such a folder, decoded; an adapter of PEFT's"
          + " becomes a GGUF adapter. --mlx-bits, --mlx-mode or --mlx-recipe quantizes a folder for"
          + " MLX, --onnx writes one for ONNX Runtime. The tokens of a probe text are compared;"
          + " what cannot be converted faithfully is refused."
    })
public final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "SRC",
      description = "A folder, a GGUF file, or the name of a stored model.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "DST",
      description = "A file named *.gguf, or a folder that is not there yet.")
  private Path target;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "Type of matrices: auto (the source's 16-bit type, else f16), f32, f16, bf16"
              + " (${DEFAULT-VALUE}).")
  private FloatType type = FloatType.AUTO;

  @Option(
      names = "--quantize",
      paramLabel = "TYPE",
      description = "Quantize a GGUF file in the same pass: Q4_K_M, Q8_0 … as `gatun quantize`.")
  private String quantize;

  @Mixin private ImportanceOptions importance = new ImportanceOptions();

  @Option(
      names = "--onnx",
      description =
          "Write a folder for ONNX Runtime: model.onnx with the inputs of Hugging Face's exporter,"
              + " tokenizer and configuration.")
  private boolean onnx;

  @Option(
      names = "--mlx-bits",
      paramLabel = "N",
      description = "Quantize a folder for MLX: 2, 3, 4, 5, 6 or 8 bits.")
  private Integer mlxBits;

  @Option(
      names = "--mlx-group",
      paramLabel = "N",
      description = "Numbers that share a scale for MLX: 32, 64 or 128 (64).")
  private Integer mlxGroup;

  @Option(
      names = "--mlx-mode",
      paramLabel = "MODE",
      description = "Quantize a folder for MLX: affine, mxfp4, mxfp8 or nvfp4 (affine).")
  private String mlxMode;

  @Option(
      names = "--mlx-recipe",
      paramLabel = "NAME",
      description =
          "Quantize a folder for MLX with more bits where they matter: mixed_2_6, mixed_3_4,"
              + " mixed_3_6 or mixed_4_6.")
  private String mlxRecipe;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description =
          "The model that an adapter is for: a folder with its config.json, a GGUF file, or a"
              + " stored model.")
  private String base;

  @Option(
      names = "--pre",
      paramLabel = "NAME",
      description = "Name of the pre-tokenizer (tokenizer.ggml.pre) when it is not detected.")
  private String pre;

  @Option(names = "--name", paramLabel = "NAME", description = "What the model is called inside.")
  private String name;

  @Option(
      names = "--split",
      paramLabel = "SIZE",
      description = "Write files of at most this size, such as 4G or 500M.")
  private String split;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    var options =
        new ConvertOptions(
            type,
            Optional.ofNullable(pre),
            Optional.ofNullable(name),
            quantization(),
            mlx(),
            Optional.ofNullable(base).map(named -> file(named, output)),
            onnx,
            split == null ? 0 : Amounts.parse("--split", split, 1000));
    var listener = new Bar(output, target.getFileName().toString());
    ConvertReport report;
    try {
      report = Conversion.run(file(source, output), target, options, listener);
    } finally {
      listener.finish();
    }
    output.line(json ? Json.document("convert", 1, members(report)) : text(report));
    return 0;
  }

  private Path file(String named, Output output) {
    Path path = Path.of(named);
    if (Files.exists(path)) {
      return path;
    }
    try (GatunRuntime runtime = runtimeOptions.open()) {
      return Loading.resolve(runtime, named, output).path();
    }
  }

  private Optional<MlxScheme> mlx() {
    if (mlxBits == null && mlxMode == null && mlxRecipe == null) {
      return Optional.empty();
    }
    if (mlxRecipe != null && mlxBits != null) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--mlx-recipe names the bits: give no --mlx-bits");
    }
    try {
      MlxMode mode =
          mlxMode == null
              ? MlxMode.AFFINE
              : MlxMode.of(mlxMode)
                  .orElseThrow(
                      () -> unknown("--mlx-mode", mlxMode, names(MlxMode.values(), MlxMode::id)));
      MlxFormat format =
          new MlxFormat(
              mode,
              mlxBits == null ? mode.bits() : mlxBits,
              mlxGroup == null ? mode.group() : mlxGroup);
      return Optional.of(
          new MlxScheme(
              format,
              Optional.ofNullable(mlxRecipe)
                  .map(name ->
                      MlxRecipe.of(name)
                          .orElseThrow(() ->
                              unknown(
                                  "--mlx-recipe",
                                  name,
                                  names(MlxRecipe.values(), MlxRecipe::id))))));
    } catch (IllegalArgumentException e) {
      throw new GatunException(GatunException.Kind.USAGE, e.getMessage(), e);
    }
  }

  private static <T> String names(T[] values, Function<T, String> name) {
    return Arrays.stream(values).map(name).collect(Collectors.joining(", "));
  }

  private static GatunException unknown(String option, String given, String known) {
    return new GatunException(
        GatunException.Kind.USAGE, "%s is '%s'; it is one of %s".formatted(option, given, known));
  }

  private Optional<QuantizeOptions> quantization() {
    if (quantize == null) {
      return Optional.empty();
    }
    FileType file =
        FileType.of(quantize)
            .orElseThrow(() ->
                new GatunException(
                    GatunException.Kind.USAGE,
                    "--quantize is '%s'; it is one of %s".formatted(quantize, FileType.names())));
    QuantizeOptions options = QuantizeOptions.of(file);
    Optional<UsedImportance> used = importance.read();
    return Optional.of(used.isPresent() ? options.withImportance(used.get()) : options);
  }

  private String text(ConvertReport report) {
    return "%s  %s  %s, %s, %d tensors%s"
        .formatted(
            Files.isDirectory(target) ? target : report.files().getFirst(),
            Units.bytes(report.bytes()),
            report.architecture(),
            report.type(),
            report.tensors(),
            report.tokenizer().isEmpty() ? "" : tokenizer(report));
  }

  private static String tokenizer(ConvertReport report) {
    return "; tokenizer %s, %s"
        .formatted(
            report.tokenizer(),
            report.checkedTokens() > 0
                ? "%d tokens compared".formatted(report.checkedTokens())
                : "not compared");
  }

  private static Map<String, Object> members(ConvertReport report) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("files", report.files().stream().map(Path::toString).toList());
    members.put("architecture", report.architecture());
    members.put("type", report.type());
    members.put("tensors", report.tensors());
    members.put("bytes", report.bytes());
    members.put("tokenizer", report.tokenizer());
    members.put("tokensCompared", report.checkedTokens());
    members.put("notes", report.notes());
    return members;
  }

  /** Shows how far it is, on standard error. */
  private static final class Bar implements ConvertListener {
    private final Output output;
    private final ProgressBar bar;

    Bar(Output output, String label) {
      this.output = output;
      this.bar = new ProgressBar(System.err, Output.isTerminal(), label);
    }

    @Override
    public void message(String text) {
      bar.finish();
      output.note("gatun: " + text);
    }

    @Override
    public void progress(long done, long total) {
      bar.update(done, total);
    }

    void finish() {
      bar.finish();
    }
  }
}
