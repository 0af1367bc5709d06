package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.image.ImageClassifier;
import dev.gatun.pipelines.image.ImageClassifierOptions;
import dev.gatun.pipelines.image.ImageLabel;
import dev.gatun.pipelines.image.Picture;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a picture shows. */
@Command(
    name = "classify-image",
    mixinStandardHelpOptions = true,
    description = "Says what a picture shows, with an ONNX classifier of yours.")
public final class ClassifyImageCommand extends PipelineCommand<ImageClassifier, List<ImageLabel>> {
  /** Of a probability. */
  private static final double TOLERANCE = 1e-3;

  @Parameters(paramLabel = "PICTURE", description = "A picture: PNG, JPEG, …")
  private Path file;

  @Option(
      names = {"-m", "--model"},
      required = true,
      paramLabel = "MODEL",
      description =
          "An ONNX file, or a folder with model.onnx; labels.txt and preprocessor_config.json beside it are used.")
  private String model;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "A text file with one label a line (labels.txt beside the model).")
  private Path labels;

  @Option(names = "--top", paramLabel = "N", description = "Labels to show (5).")
  private int top = ImageClassifierOptions.DEFAULT.top();

  private Picture picture;

  @Override
  String model() {
    return model;
  }

  @Override
  void prepare(Output output) {
    if (top < 1) {
      throw new GatunException(GatunException.Kind.USAGE, "--top must be at least 1");
    }
    picture = Picture.read(file);
  }

  @Override
  ImageClassifier load(GatunRuntime runtime, Policy policy, PullListener listener) {
    ImageClassifierOptions options = ImageClassifierOptions.DEFAULT.withPolicy(policy).withTop(top);
    return ImageClassifier.load(
        runtime, model, labels == null ? options : options.withLabels(labels), listener);
  }

  @Override
  List<ImageLabel> run(ImageClassifier classifier) {
    return classifier.classify(picture);
  }

  @Override
  void print(Output output, List<ImageLabel> result) {
    var table = new Table("SCORE", "LABEL");
    result.forEach(each -> table.row(Units.fixed(each.score(), 4), Printable.of(each.label())));
    output.text(table.toText());
  }

  @Override
  Map<String, Object> members(List<ImageLabel> result) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("picture", file.toString());
    List<Map<String, Object>> list =
        result.stream()
            .<Map<String, Object>>map(
                each -> Map.of("index", each.index(), "label", each.label(), "score", each.score()))
            .toList();
    members.put("labels", list);
    return members;
  }

  @Override
  String summary(List<ImageLabel> result) {
    return Printable.of(result.getFirst().label());
  }

  @Override
  Difference difference(List<ImageLabel> reference, List<ImageLabel> other) {
    boolean same = reference.getFirst().index() == other.getFirst().index();
    double largest = 0;
    for (ImageLabel label : reference) {
      // Two labels of the same score may change places at the list's end.
      for (ImageLabel each : other) {
        if (each.index() == label.index()) {
          largest = Math.max(largest, Math.abs(label.score() - each.score()));
        }
      }
    }
    return new Difference(largest, TOLERANCE, same, "of a score, with the same first label");
  }
}
