package dev.gatun.pipelines.image;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.graph.Graph;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Says what a picture shows, with any ONNX classifier of pictures: one input F32 [n, 3, height,
 * width] or [n, height, width, 3], one output F32 [n, classes] of probabilities or of numbers that
 * a softmax makes probabilities.
 *
 * <pre>{@code
 * try (GatunRuntime runtime = GatunRuntime.open();
 *     ImageClassifier classifier =
 *         ImageClassifier.load(runtime, "models/resnet", ImageClassifierOptions.DEFAULT)) {
 *   System.out.println(classifier.classify(Picture.read(Path.of("cat.jpg"))));
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time. Owns the model, not the runtime.
 */
public final class ImageClassifier implements Pipeline {
  private static final long MAX_LABELS = 4L << 20;

  private final OnnxNetwork network;
  private final ImagePreparation preparation;
  private final List<String> labels;
  private final ImageClassifierOptions options;

  private ImageClassifier(
      OnnxNetwork network,
      ImagePreparation preparation,
      List<String> labels,
      ImageClassifierOptions options) {
    this.network = network;
    this.preparation = preparation;
    this.labels = labels;
    this.options = options;
  }

  /**
   * Loads a model.
   *
   * @param name an ONNX file, or a folder with {@code model.onnx}; beside it may lie {@code
   *     labels.txt} and {@code preprocessor_config.json}
   * @throws GatunException when there is no such model, it is no classifier of pictures, or nothing
   *     can run it
   */
  public static ImageClassifier load(
      GatunRuntime runtime, String name, ImageClassifierOptions options) {
    return load(runtime, name, options, PullListener.NONE);
  }

  /** {@link #load(GatunRuntime, String, ImageClassifierOptions)}, told of what is fetched. */
  public static ImageClassifier load(
      GatunRuntime runtime, String name, ImageClassifierOptions options, PullListener listener) {
    ModelFolder folder = ModelFolder.locate(runtime, name, listener);
    Path model = folder.network("model.onnx");
    OnnxValueInfo input = input(model, name);
    ImagePreparation preparation =
        fitting(
            options.preparation().orElseGet(() -> beside(folder)),
            ImageInput.of(input)
                .orElseThrow(
                    () -> bad(name, "has an input %s, which takes no pictures".formatted(input))));
    Optional<Path> file =
        options.labels().or(() -> Optional.ofNullable(folder.files().get("labels.txt")));
    List<String> labels = file.map(ImageClassifier::labels).orElse(List.of());
    Shape shape =
        preparation.normalization().channelsLast()
            ? Shape.of(1, preparation.height(), preparation.width(), 3)
            : Shape.of(1, 3, preparation.height(), preparation.width());
    NetworkSpec spec =
        NetworkSpec.of(model, options.policy())
            .withDigest(folder.digest())
            .withShapes(Map.of(input.name(), shape))
            .withOutputs(graph -> output(name, graph, labels));
    return new ImageClassifier(OnnxNetwork.load(runtime, spec), preparation, labels, options);
  }

  private static ImagePreparation beside(ModelFolder folder) {
    Path file = folder.files().get("preprocessor_config.json");
    return file == null ? ImagePreparation.IMAGENET : ImagePreparation.read(file);
  }

  private static ImagePreparation fitting(ImagePreparation wanted, ImageInput input) {
    ImagePreparation sized =
        input.width().isPresent() && input.height().isPresent()
            ? wanted.withSize(input.width().getAsInt(), input.height().getAsInt())
            : wanted;
    return new ImagePreparation(
        sized.shorterSide(),
        sized.width(),
        sized.height(),
        sized.normalization().withChannelsLast(input.channelsLast()));
  }

  private static OnnxValueInfo input(Path model, String name) {
    try (OnnxFile file = OnnxFile.open(model)) {
      List<OnnxValueInfo> inputs =
          file.model().graph().inputs().stream()
              .filter(each -> !file.model().graph().initializers().containsKey(each.name()))
              .toList();
      if (inputs.size() != 1) {
        throw bad(name, "has %d inputs: it is no classifier of pictures".formatted(inputs.size()));
      }
      return inputs.getFirst();
    }
  }

  private static List<String> output(String model, Graph graph, List<String> labels) {
    var output = graph.outputs().getFirst();
    var dims = output.type().dims();
    boolean fits =
        graph.outputs().size() == 1
            && output.type().dtype() == DType.F32
            && !dims.isEmpty()
            && dims.subList(0, dims.size() - 1).stream().allMatch(dim -> dim.is(1));
    if (!fits) {
      throw bad(model, "gives %s, not one [1, classes]".formatted(graph.outputs()));
    }
    if (!labels.isEmpty() && !dims.getLast().is(labels.size())) {
      throw bad(
          model,
          "tells apart %s classes, but there are %d labels"
              .formatted(dims.getLast(), labels.size()));
    }
    return List.of(output.name());
  }

  private static List<String> labels(Path file) {
    try {
      if (Files.size(file) > MAX_LABELS) {
        throw new IOException("more than " + MAX_LABELS + " bytes");
      }
      return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "the labels %s cannot be read (%s); the file holds one a line"
              .formatted(file, GatunException.reason(e)),
          e);
    }
  }

  private static GatunException bad(String model, String what) {
    return new GatunException(GatunException.Kind.MODEL, model + " " + what);
  }

  @Override
  public Explanation explain() {
    return network.plan().explain();
  }

  /** The most probable labels, best first. */
  public List<ImageLabel> classify(Picture picture) {
    String input = network.graph().inputs().getFirst().name();
    String output = network.graph().outputs().getFirst().name();
    network.run(Map.of(input, preparation.normalization().input(preparation.scaled(picture))));
    double[] scores = probabilities(network.output(output).toFloats());
    return IntStream.range(0, scores.length)
        .mapToObj(i ->
            new ImageLabel(i, labels.isEmpty() ? Integer.toString(i) : labels.get(i), scores[i]))
        .sorted(Comparator.comparingDouble(ImageLabel::score).reversed())
        .limit(options.top())
        .toList();
  }

  /** The numbers themselves where they are probabilities, else their softmax. */
  static double[] probabilities(float... scores) {
    double[] result = new double[scores.length];
    double sum = 0;
    double largest = Double.NEGATIVE_INFINITY;
    boolean negative = false;
    for (int i = 0; i < scores.length; i++) {
      result[i] = scores[i];
      sum += scores[i];
      largest = Math.max(largest, scores[i]);
      negative |= scores[i] < 0;
    }
    if (!negative && Math.abs(sum - 1) < 1e-3) {
      return result;
    }
    double total = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.exp(result[i] - largest);
      total += result[i];
    }
    for (int i = 0; i < result.length; i++) {
      result[i] /= total;
    }
    return result;
  }

  @Override
  public void close() {
    network.close();
  }
}
