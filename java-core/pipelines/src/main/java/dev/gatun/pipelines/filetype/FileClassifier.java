package dev.gatun.pipelines.filetype;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what kind of file something is, by its content: a magika model, whose rules for small files,
 * thresholds and names come from the files beside it.
 *
 * <pre>{@code
 * try (GatunRuntime runtime = GatunRuntime.open();
 *     FileClassifier files = FileClassifier.load(runtime, "magika", FileTypeOptions.DEFAULT)) {
 *   System.out.println(files.classify(Path.of("README")).type().description());
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time. Owns the model, not the runtime.
 */
public final class FileClassifier implements Pipeline {
  private static final String INPUT = "bytes";
  private static final String OUTPUT = "target_label";

  private final OnnxNetwork network;
  private final MagikaConfig config;
  private final FileTypes types;
  private final FileTypeOptions options;

  private FileClassifier(
      OnnxNetwork network, MagikaConfig config, FileTypes types, FileTypeOptions options) {
    this.network = network;
    this.config = config;
    this.types = types;
    this.options = options;
  }

  /**
   * Loads a model.
   *
   * @param name a name of the catalogue or the store ({@code magika}), or a folder with {@code
   *     model.onnx}, {@code config.json} and {@code content_types.json} (or as magika's package
   *     calls them)
   * @throws GatunException when there is no such model, a file is missing or damaged, or nothing
   *     can run it
   */
  public static FileClassifier load(GatunRuntime runtime, String name, FileTypeOptions options) {
    return load(runtime, name, options, PullListener.NONE);
  }

  /** {@link #load(GatunRuntime, String, FileTypeOptions)}, told of what is fetched. */
  public static FileClassifier load(
      GatunRuntime runtime, String name, FileTypeOptions options, PullListener listener) {
    ModelFolder folder = ModelFolder.locate(runtime, name, listener);
    Path model = folder.network("model.onnx");
    MagikaConfig config = MagikaConfig.read(folder.file("config.json", "config.min.json"));
    FileTypes types =
        FileTypes.read(folder.file("content_types.json", "content_types_kb.min.json"), config);
    NetworkSpec spec =
        NetworkSpec.of(model, options.policy())
            .withDigest(folder.digest())
            .withOutputs(graph -> outputs(name, graph, config))
            .withRanges(graph -> ranges(graph, options));
    return new FileClassifier(OnnxNetwork.load(runtime, spec), config, types, options);
  }

  private static List<String> outputs(String model, Graph graph, MagikaConfig config) {
    boolean fits =
        graph.inputs().size() == 1
            && isMatrix(graph.inputs().getFirst(), INPUT, DType.I32, config.tokens())
            && graph.outputs().stream()
                .anyMatch(each -> isMatrix(each, OUTPUT, DType.F32, config.labels().size()));
    if (!fits) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s is no magika model of this configuration: it must turn '%s' I32 [files, %d] into '%s' F32 [files, %d]"
              .formatted(model, INPUT, config.tokens(), OUTPUT, config.labels().size()));
    }
    return List.of(OUTPUT);
  }

  private static boolean isMatrix(Value value, String name, DType dtype, int columns) {
    return value.name().equals(name)
        && value.type().dtype() == dtype
        && value.type().rank() == 2
        && value.type().dim(1).is(columns);
  }

  private static Map<String, Range> ranges(Graph graph, FileTypeOptions options) {
    return graph.input(INPUT).type().dim(0) instanceof Dim.Symbol files
        ? Map.of(files.name(), new Range(1, 1, options.batch()))
        : Map.of();
  }

  @Override
  public Explanation explain() {
    return network.plan().explain();
  }

  /**
   * Says what a file is; of a folder, that it is one.
   *
   * @throws GatunException when it cannot be read
   */
  public FileTypeResult classify(Path file) {
    return classify(List.of(file)).getFirst();
  }

  /**
   * Says what files are, in their order.
   *
   * @throws GatunException naming the first that cannot be read
   */
  public List<FileTypeResult> classify(List<Path> files) {
    FileTypeResult[] results = new FileTypeResult[files.size()];
    List<Integer> waiting = new ArrayList<>();
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < results.length; i++) {
      Optional<FileFeatures> features = features(files.get(i));
      if (features.isPresent() && features.get().isEnough()) {
        waiting.add(i);
        tokens.add(features.get().tokens());
      } else {
        results[i] = certain(features.map(this::label).orElse(FileTypes.DIRECTORY));
      }
      if (waiting.size() == options.batch() || (i == results.length - 1 && !waiting.isEmpty())) {
        List<FileTypeResult> answers = run(tokens);
        for (int k = 0; k < answers.size(); k++) {
          results[waiting.get(k)] = answers.get(k);
        }
        waiting.clear();
        tokens.clear();
      }
    }
    return Arrays.asList(results);
  }

  /** What the model sees of a file; empty for a folder. */
  private Optional<FileFeatures> features(Path file) {
    if (Files.isDirectory(file)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          file + (Files.exists(file) ? " is neither a file nor a folder" : " does not exist"));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return Optional.of(FileFeatures.read(channel, config));
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s cannot be read (%s)".formatted(file, GatunException.reason(e)),
          e);
    }
  }

  private String label(FileFeatures small) {
    if (small.isEmpty()) {
      return FileTypes.EMPTY;
    }
    return small.isText() ? FileTypes.TEXT : FileTypes.UNKNOWN;
  }

  private FileTypeResult certain(String label) {
    return new FileTypeResult(types.get(label), 1, Optional.empty());
  }

  private List<FileTypeResult> run(List<int[]> tokens) {
    int[] all = tokens.stream().flatMapToInt(Arrays::stream).toArray();
    network.run(Map.of(INPUT, Tensor.ofInts(Shape.of(tokens.size(), config.tokens()), all)));
    Tensor scores = network.output(OUTPUT);
    float[] row = new float[config.labels().size()];
    List<FileTypeResult> results = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      scores.decodeRow(i, row, 0);
      results.add(result(row));
    }
    return results;
  }

  private FileTypeResult result(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    String guess = config.labels().get(best);
    FileType type = types.get(config.replaced().getOrDefault(guess, guess));
    if (scores[best] < config.threshold(guess, options.confidence())) {
      type = types.get(type.isText() ? FileTypes.TEXT : FileTypes.UNKNOWN);
    }
    return new FileTypeResult(type, scores[best], Optional.of(types.get(guess)));
  }

  @Override
  public void close() {
    network.close();
  }
}
