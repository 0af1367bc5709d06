package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.quantize.imatrix.Coverage;
import dev.gatun.quantize.imatrix.ImportanceCollector;
import dev.gatun.quantize.imatrix.ImportanceCollector.Collected;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.imatrix.ImportanceMatrixFile;
import dev.gatun.quantize.imatrix.ImportanceMatrixFile.Form;
import dev.gatun.quantize.imatrix.ImportanceStatistics;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Importance matrices: collected, merged, converted, shown. */
@Command(
    name = "imatrix",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a text with a model and keeps how much each column of each weight matters, for `gatun quantize --imatrix`.",
      "Files are llama-imatrix's, in both forms. Without MODEL and TEXT, --merge only merges and converts."
    })
public final class ImatrixCommand implements Callable<Integer> {
  private static final int WINDOW = 512;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Name or file of a model.")
  private String model;

  @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The text.")
  private Path text;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write (${DEFAULT-VALUE}).")
  private Path output = Path.of("imatrix.gguf");

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description = "gguf or dat (what the file's name says, else gguf).")
  private String format;

  @Option(
      names = {"-c", "--ctx"},
      paramLabel = "N",
      description = "Tokens of a chunk (${DEFAULT-VALUE}).")
  private int window = WINDOW;

  @Option(names = "--chunks", paramLabel = "N", description = "Most chunks (all).")
  private int chunks = Integer.MAX_VALUE;

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      split = ",",
      description = "Add importance matrices of the same model; may be repeated.")
  private List<Path> merge = List.of();

  @Option(
      names = "--process-output",
      description = "An entry for output.weight too (not usual: it makes few models better).")
  private boolean processOutput;

  @Option(
      names = "--show-statistics",
      paramLabel = "FILE",
      description = "Show statistics of an importance matrix and write nothing.")
  private Path shown;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var out = new Output(spec);
    if (shown != null) {
      requireNothingElse();
      ImportanceMatrix matrix = ImportanceMatrixFile.read(shown);
      ImportanceText.print(out, shown, matrix, ImportanceStatistics.of(matrix), json);
      return 0;
    }
    if (window < ImportanceCollector.MIN_WINDOW || chunks < 1) {
      throw usage(
          "--ctx must be at least %d and --chunks at least 1"
              .formatted(ImportanceCollector.MIN_WINDOW));
    }
    Form form = form();
    if (model == null || text == null) {
      if (model != null || merge.isEmpty()) {
        throw usage("give MODEL and TEXT, or files to --merge, or a file to --show-statistics");
      }
      List<ImportanceMatrix> read = merge.stream().map(ImportanceMatrixFile::read).toList();
      write(ImportanceMatrix.merge(read, window), form, List.of(), out);
      return 0;
    }
    collect(form, out);
    return 0;
  }

  private void collect(Form form, Output out) throws IOException {
    List<ImportanceMatrix> others = merge.stream().map(ImportanceMatrixFile::read).toList();
    String content = PromptText.read(text);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.resolve(runtime, model, out);
      try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
        requireSameModel(others, source);
        Tokenizer tokenizer = Tokenizers.from(source.metadata());
        int[] tokens = tokenizer.encode(content, true, false);
        OptionalInt first = tokenizer.addsBos() ? tokenizer.special().bos() : OptionalInt.empty();
        var options =
            new ImportanceCollector.Options(
                policy.policy(), window, chunks, processOutput, text.toString());
        Collected collected =
            ImportanceCollector.collect(
                runtime,
                source,
                located.digest(),
                tokens,
                first,
                options,
                (done, total) -> progress(out, done, total));
        List<ImportanceMatrix> all = new ArrayList<>(others);
        all.add(collected.matrix());
        ImportanceMatrix matrix =
            others.isEmpty() ? collected.matrix() : ImportanceMatrix.merge(all, window);
        note(out, matrix.coverage(source));
        write(matrix, form, collected.devices(), out);
      }
    }
  }

  private static void progress(Output out, int done, int total) {
    // One line for each tenth, or for each chunk of few.
    if (done == total || done * 10 / total != (done - 1) * 10 / total) {
      out.note("gatun: %d of %d chunks".formatted(done, total));
    }
  }

  private static void requireSameModel(List<ImportanceMatrix> matrices, ModelSource source) {
    for (ImportanceMatrix matrix : matrices) {
      Coverage coverage = matrix.coverage(source);
      if (coverage.foreignModel()) {
        throw new GatunException(
            Kind.MODEL,
            "an importance matrix given to --merge is of another model than %s: %s"
                .formatted(source.name(), coverage.describe()));
      }
    }
  }

  private static void note(Output out, Coverage coverage) {
    if (!coverage.complete() || !coverage.partial().isEmpty()) {
      out.note("gatun: " + coverage.describe());
    }
  }

  private void write(ImportanceMatrix matrix, Form form, List<String> devices, Output out)
      throws IOException {
    ImportanceMatrixFile.write(matrix, output, form, window);
    if (!json) {
      out.line(
          "%s: %d tensors, %d chunks of %d tokens%s"
              .formatted(
                  output,
                  matrix.entries().size(),
                  matrix.chunkCount(),
                  matrix.chunkSize(),
                  devices.isEmpty() ? "" : ", on " + String.join(", ", devices)));
      return;
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", output.toString());
    members.put("format", form.name().toLowerCase(Locale.ROOT));
    members.put("tensors", matrix.entries().size());
    members.put("chunks", matrix.chunkCount());
    members.put("chunkSize", matrix.chunkSize());
    members.put("datasets", matrix.datasets());
    members.put("devices", devices);
    out.line(Json.document("imatrix", 1, members));
  }

  private void requireNothingElse() {
    if (model != null || !merge.isEmpty()) {
      throw usage("--show-statistics takes one file and nothing else");
    }
  }

  private Form form() {
    String name = format != null ? format : output.toString().endsWith(".dat") ? "dat" : "gguf";
    return switch (name) {
      case "gguf" -> Form.GGUF;
      case "dat" -> Form.DAT;
      default -> throw usage("--format is gguf or dat, not " + name);
    };
  }

  private static GatunException usage(String message) {
    return new GatunException(Kind.USAGE, message);
  }
}
