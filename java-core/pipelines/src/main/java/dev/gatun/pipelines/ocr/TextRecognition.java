package dev.gatun.pipelines.ocr;

import dev.gatun.pipelines.Pipeline;
import dev.gatun.pipelines.image.Normalization;
import dev.gatun.pipelines.image.Picture;
import dev.gatun.pipelines.image.Scaling;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a picture with the networks of PP-OCR: one finds boxes, one says which lines
 * stand on their heads, one reads them. Pictures are prepared as PaddleOCR does, except that the
 * cut-out lines are looked up with exact instead of 1/32 pixel places.
 *
 * <pre>{@code
 * try (GatunRuntime runtime = GatunRuntime.open();
 *     TextRecognition reader =
 *         TextRecognition.load(runtime, "ppocr", TextRecognitionOptions.DEFAULT)) {
 *   for (TextLine line : reader.read(Picture.read(Path.of("receipt.png")))) {
 *     System.out.println(line.text());
 *   }
 * }
 * }</pre>
 *
 * <p>Each network is compiled for a few sizes as pictures need them, so the first picture of a size
 * takes longer. Used by one thread at a time. Owns the model, not the runtime.
 */
public final class TextRecognition implements Pipeline {
  private static final String INPUT = "x";
  private static final Normalization DETECTION =
      new Normalization(
          Normalization.IMAGENET.mean(), Normalization.IMAGENET.deviation(), true, false);
  private static final Normalization READING =
      new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5), true, false);

  /** Sides of pictures that the detector takes are multiples of it. */
  private static final int STEP = 32;

  private static final int LINE_HEIGHT = 48;
  private static final int ORIENTATION_WIDTH = 192;
  private static final double SURELY_TURNED = 0.9;

  /** Widths of lines that the recognizer is compiled for. */
  private static final int MIN_WIDTH = 320;

  private static final int WIDTH_STEP = 160;
  private static final int MAX_WIDTH = 3200;

  private final SizedNetworks detector;
  private final SizedNetworks orientation;
  private final SizedNetworks recognizer;
  private final CharacterDecoder decoder;
  private final TextRecognitionOptions options;

  private TextRecognition(
      GatunRuntime runtime, ModelFolder folder, TextRecognitionOptions options) {
    this.options = options;
    decoder = CharacterDecoder.read(folder.like(".txt", "keys", "dict"));
    detector = new SizedNetworks(runtime, folder.like(".onnx", "det"), options.policy(), INPUT);
    orientation =
        new SizedNetworks(
            runtime, folder.like(".onnx", "orientation", "cls"), options.policy(), INPUT);
    recognizer = new SizedNetworks(runtime, folder.like(".onnx", "rec"), options.policy(), INPUT);
  }

  /**
   * Loads a model.
   *
   * @param name a name of the catalogue or the store ({@code ppocr}), or a folder with ONNX files
   *     whose names contain {@code det}, {@code rec} and {@code cls} or {@code orientation}, and a
   *     dictionary {@code *keys*.txt}
   * @throws GatunException when there is no such model, a file is missing or damaged, or nothing
   *     can run it
   */
  public static TextRecognition load(
      GatunRuntime runtime, String name, TextRecognitionOptions options) {
    return load(runtime, name, options, PullListener.NONE);
  }

  /** {@link #load(GatunRuntime, String, TextRecognitionOptions)}, told of what is fetched. */
  public static TextRecognition load(
      GatunRuntime runtime, String name, TextRecognitionOptions options, PullListener listener) {
    var reader = new TextRecognition(runtime, ModelFolder.locate(runtime, name, listener), options);
    try {
      reader.recognizer.network(Shape.of(1, 3, LINE_HEIGHT, MIN_WIDTH));
      if (options.orient()) {
        reader.orientation.network(Shape.of(1, 3, LINE_HEIGHT, ORIENTATION_WIDTH));
      }
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Which device runs the recognizer, and why. */
  @Override
  public Explanation explain() {
    return recognizer.network(Shape.of(1, 3, LINE_HEIGHT, MIN_WIDTH)).plan().explain();
  }

  /** Lines of text in reading order. */
  public List<TextLine> read(Picture picture) {
    List<TextLine> lines = new ArrayList<>();
    for (Quad box : boxes(picture)) {
      Picture line = Straightening.cut(picture, box);
      boolean turned = options.orient() && isTurned(line);
      CharacterDecoder.Decoded decoded = decode(turned ? line.turnedLeft(2) : line);
      if (!decoded.text().isBlank() && decoded.score() >= options.minScore()) {
        lines.add(new TextLine(decoded.text(), decoded.score(), box.points()));
      }
    }
    return lines;
  }

  private List<Quad> boxes(Picture picture) {
    int longest = Math.max(picture.width(), picture.height());
    double ratio = longest > options.longestSide() ? (double) options.longestSide() / longest : 1;
    int width = side(picture.width(), ratio);
    int height = side(picture.height(), ratio);
    Tensor map = detector.run(DETECTION.input(Scaling.bilinear(picture, width, height)));
    if (map.shape().elements() != (long) width * height) {
      throw unlike(detector, map, "[1, 1, %d, %d]".formatted(height, width));
    }
    var finder = new BoxFinder(0.3f, options.boxThreshold());
    return finder.find(map.toFloats(), width, height, picture.width(), picture.height());
  }

  /** A side of the scaled picture: the nearest multiple of the step. */
  private static int side(int pixels, double ratio) {
    return Math.max(STEP, (int) Math.rint((int) (pixels * ratio) / (double) STEP) * STEP);
  }

  /** Width of a line that is made as high as the networks take it. */
  private static int width(Picture line, int most) {
    return (int) Math.min(most, Math.ceil((double) LINE_HEIGHT * line.width() / line.height()));
  }

  private boolean isTurned(Picture line) {
    int width = width(line, ORIENTATION_WIDTH);
    Picture scaled = Scaling.bilinear(line, width, LINE_HEIGHT);
    Tensor scores = orientation.run(READING.input(scaled, ORIENTATION_WIDTH));
    if (scores.shape().elements() != 2) {
      throw unlike(orientation, scores, "[1, 2]");
    }
    float[] both = scores.toFloats();
    return both[1] > both[0] && both[1] > SURELY_TURNED;
  }

  private CharacterDecoder.Decoded decode(Picture line) {
    int width = width(line, MAX_WIDTH);
    int room = Math.max(MIN_WIDTH, Math.ceilDiv(width, WIDTH_STEP) * WIDTH_STEP);
    Picture scaled = Scaling.bilinear(line, width, LINE_HEIGHT);
    Tensor probabilities = recognizer.run(READING.input(scaled, room));
    if (probabilities.shape().rowLength() != decoder.classes()) {
      throw unlike(
          recognizer,
          probabilities,
          "[1, steps, %d], as the dictionary".formatted(decoder.classes()));
    }
    return decoder.decode(probabilities);
  }

  private static GatunException unlike(SizedNetworks network, Tensor output, String expected) {
    return new GatunException(
        GatunException.Kind.MODEL,
        "%s is another network than expected: it gives %s, not %s"
            .formatted(network.name(), output.shape(), expected));
  }

  @Override
  public void close() {
    detector.close();
    orientation.close();
    recognizer.close();
  }
}
