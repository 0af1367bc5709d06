package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.filetype.FileClassifier;
import dev.gatun.pipelines.filetype.FileType;
import dev.gatun.pipelines.filetype.FileTypeOptions;
import dev.gatun.pipelines.filetype.FileTypeResult;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what kind of files files are. */
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description = "Says what kind of file each file is, by its content.")
public final class ClassifyCommand extends PipelineCommand<FileClassifier, List<FileTypeResult>> {
  /** Of a probability; one runtime's own scores differ by 1e-3 between batches. */
  private static final double TOLERANCE = 5e-3;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files.")
  private List<Path> given;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "A magika model: a name (magika by default) or a folder with model.onnx, config.json and content_types.json.")
  private String model = "magika";

  @Option(
      names = "--confidence",
      paramLabel = "NAME",
      description = "How sure it must be: high (default), medium, guess.")
  private FileTypeOptions.Confidence confidence = FileTypeOptions.Confidence.HIGH;

  private final List<Path> files = new ArrayList<>();
  private boolean incomplete;

  @Override
  String model() {
    return model;
  }

  @Override
  void prepare(Output output) {
    for (Path file : given) {
      if (Files.isDirectory(file) || (Files.isRegularFile(file) && Files.isReadable(file))) {
        files.add(file);
      } else {
        incomplete = true;
        String reason = Files.exists(file) ? "cannot be read" : "does not exist";
        output.note("gatun: " + Printable.of(file + " " + reason));
      }
    }
    if (files.isEmpty()) {
      throw new GatunException(GatunException.Kind.FAILURE, "there is nothing to classify");
    }
  }

  @Override
  int exitCode() {
    return incomplete ? GatunException.Kind.FAILURE.exitCode() : 0;
  }

  @Override
  FileClassifier load(GatunRuntime runtime, Policy policy, PullListener listener) {
    FileTypeOptions options = FileTypeOptions.DEFAULT.withPolicy(policy).withConfidence(confidence);
    return FileClassifier.load(runtime, model, options, listener);
  }

  @Override
  List<FileTypeResult> run(FileClassifier classifier) {
    return classifier.classify(files);
  }

  @Override
  void print(Output output, List<FileTypeResult> results) {
    var table = new Table("FILE", "KIND", "SCORE", "DESCRIPTION", "MEDIA TYPE");
    for (int i = 0; i < results.size(); i++) {
      FileType type = results.get(i).type();
      table.row(
          Printable.of(files.get(i).toString()),
          type.label(),
          Units.fixed(results.get(i).score(), 3),
          type.description(),
          type.mimeType());
    }
    output.text(table.toText());
  }

  @Override
  Map<String, Object> members(List<FileTypeResult> results) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      FileTypeResult result = results.get(i);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("file", files.get(i).toString());
      entry.put("label", result.type().label());
      entry.put("score", result.score());
      entry.put("guess", result.guess().map(FileType::label).orElse(null));
      entry.put("description", result.type().description());
      entry.put("group", result.type().group());
      entry.put("mimeType", result.type().mimeType());
      entry.put("extensions", result.type().extensions());
      entry.put("text", result.type().isText());
      list.add(entry);
    }
    return new LinkedHashMap<>(Map.of("files", list));
  }

  @Override
  String summary(List<FileTypeResult> results) {
    return results.size() == 1
        ? results.getFirst().type().label()
        : "%d files, %d kinds"
            .formatted(
                results.size(),
                results.stream().map(each -> each.type().label()).distinct().count());
  }

  @Override
  Difference difference(List<FileTypeResult> reference, List<FileTypeResult> other) {
    boolean same = true;
    double largest = 0;
    for (int i = 0; i < reference.size(); i++) {
      same &= reference.get(i).type().equals(other.get(i).type());
      largest = Math.max(largest, Math.abs(reference.get(i).score() - other.get(i).score()));
    }
    return new Difference(largest, TOLERANCE, same, "of a score, with the same kinds");
  }
}
