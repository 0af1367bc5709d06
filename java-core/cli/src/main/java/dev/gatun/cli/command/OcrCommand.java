package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.pipelines.image.Picture;
import dev.gatun.pipelines.ocr.Marking;
import dev.gatun.pipelines.ocr.Point;
import dev.gatun.pipelines.ocr.TextLine;
import dev.gatun.pipelines.ocr.TextRecognition;
import dev.gatun.pipelines.ocr.TextRecognitionOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the text of a picture. */
@Command(
    name = "ocr",
    mixinStandardHelpOptions = true,
    description = "Reads the text of a picture.")
public final class OcrCommand extends PipelineCommand<TextRecognition, List<TextLine>> {
  /** Of a score. */
  private static final double TOLERANCE = 1e-2;

  @Parameters(paramLabel = "PICTURE", description = "A picture: PNG, JPEG, …")
  private Path file;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "PP-OCR networks: a name (ppocr by default), or a folder with networks for detection, orientation and recognition, and a dictionary.")
  private String model = "ppocr";

  @Option(
      names = "--draw",
      paramLabel = "FILE",
      description =
          "Write the picture with a frame around each line, in the format of FILE's ending.")
  private Path drawn;

  @Option(
      names = "--longest-side",
      paramLabel = "PIXELS",
      description = "Size that larger pictures are made smaller to (960).")
  private int longestSide = TextRecognitionOptions.DEFAULT.longestSide();

  private Picture picture;
  private TextRecognitionOptions options;

  @Override
  String model() {
    return model;
  }

  @Override
  void prepare(Output output) {
    try {
      options = TextRecognitionOptions.DEFAULT.withLongestSide(longestSide);
    } catch (IllegalArgumentException e) {
      throw new GatunException(GatunException.Kind.USAGE, e.getMessage(), e);
    }
    picture = Picture.read(file);
  }

  @Override
  TextRecognition load(GatunRuntime runtime, Policy policy, PullListener listener) {
    return TextRecognition.load(runtime, model, options.withPolicy(policy), listener);
  }

  @Override
  List<TextLine> run(TextRecognition reader) {
    return reader.read(picture);
  }

  @Override
  void print(Output output, List<TextLine> lines) {
    lines.forEach(line -> output.line(Printable.of(line.text())));
  }

  @Override
  void finish(Output output, List<TextLine> lines) {
    if (drawn != null) {
      Marking.of(picture, lines).write(drawn);
      output.note("gatun: wrote " + drawn);
    }
  }

  @Override
  Map<String, Object> members(List<TextLine> lines) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (TextLine line : lines) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("text", line.text());
      entry.put("score", line.score());
      entry.put("corners", line.corners().stream().map(OcrCommand::pair).toList());
      list.add(entry);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("picture", file.toString());
    members.put("width", picture.width());
    members.put("height", picture.height());
    members.put("lines", list);
    return members;
  }

  private static List<Double> pair(Point point) {
    return List.of(point.x(), point.y());
  }

  @Override
  String summary(List<TextLine> lines) {
    return "%d lines, %d characters"
        .formatted(lines.size(), lines.stream().mapToInt(line -> line.text().length()).sum());
  }

  @Override
  Difference difference(List<TextLine> reference, List<TextLine> other) {
    boolean same =
        reference.stream()
            .map(TextLine::text)
            .toList()
            .equals(other.stream().map(TextLine::text).toList());
    double largest = 0;
    for (int i = 0; same && i < reference.size(); i++) {
      largest = Math.max(largest, Math.abs(reference.get(i).score() - other.get(i).score()));
    }
    return new Difference(largest, TOLERANCE, same, "of a line's score, with the same text");
  }
}
