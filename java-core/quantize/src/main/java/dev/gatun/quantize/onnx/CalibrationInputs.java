package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Examples of a model's inputs. */
public final class CalibrationInputs {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";
  private static final List<String> OF_TEXTS = List.of(IDS, MASK, TYPES);
  private static final int INT32 = 6;
  private static final int PADDING = 4;

  private CalibrationInputs() {}

  /**
   * The inputs of a model that a text does not give: none of encoders, the cache of models that
   * write text.
   */
  public static List<String> beyondTexts(Path model) {
    try (OnnxFile file = OnnxFile.open(model)) {
      List<String> names = inputs(file).stream().map(OnnxValueInfo::name).toList();
      return names.contains(IDS)
          ? names.stream().filter(name -> !OF_TEXTS.contains(name)).toList()
          : names;
    }
  }

  /**
   * Whether texts alone feed a model, as they do encoders.
   *
   * @throws GatunException of kind USAGE when they do not, saying which inputs it has beside and
   *     which option takes them
   */
  public static void requireEncoder(Path model, String option) {
    List<String> others = beyondTexts(model);
    if (!others.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "%s takes '%s'%s, which texts do not give: give its inputs with %s, an .npz file or a folder of them"
              .formatted(
                  model.getFileName(),
                  others.getFirst(),
                  others.size() > 1 ? " and %d more".formatted(others.size() - 1) : "",
                  option));
    }
  }

  /** A few sentences of different kinds and lengths, for encoders of which nothing is known. */
  public static List<String> sentences() {
    try (InputStream in = CalibrationInputs.class.getResourceAsStream("sentences.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Texts as an encoder takes them, one by one: {@code input_ids}, {@code attention_mask} of ones,
   * {@code token_type_ids} of zeros; I64 or I32 [1, tokens].
   *
   * @param longest tokens that a text is cut to, or fewer where the model takes no more
   * @param padded whether a few masked positions follow each text, so that masks have both values
   * @throws GatunException when the model takes something else
   */
  public static List<Map<String, Tensor>> texts(
      Path model, Tokenizer tokenizer, List<String> texts, int longest, boolean padded) {
    List<Map<String, Tensor>> examples = new ArrayList<>();
    try (OnnxFile file = OnnxFile.open(model)) {
      int room = padded ? PADDING : 0;
      int most =
          (int) Math.min(longest, OnnxImport.graph(file).input(IDS).type().dim(1).max() - room);
      for (String text : texts) {
        if (text.isBlank()) {
          continue;
        }
        int[] all = tokenizer.encode(text, true, false);
        int[] ids = java.util.Arrays.copyOf(all, Math.min(all.length, most));
        ids[ids.length - 1] = all[all.length - 1];
        Map<String, Tensor> example = new HashMap<>();
        for (OnnxValueInfo input : inputs(file)) {
          example.put(input.name(), tensor(model, input, room, ids));
        }
        examples.add(example);
      }
    }
    return examples;
  }

  private static List<OnnxValueInfo> inputs(OnnxFile file) {
    OnnxGraph graph = file.model().graph();
    return graph.inputs().stream()
        .filter(input -> !graph.initializers().containsKey(input.name()))
        .toList();
  }

  private static Tensor tensor(Path model, OnnxValueInfo input, int padding, int... ids) {
    int[] values = new int[ids.length + padding];
    switch (input.name()) {
      case IDS -> System.arraycopy(ids, 0, values, 0, ids.length);
      case MASK -> java.util.Arrays.fill(values, 0, ids.length, 1);
      case TYPES -> {}
      default ->
          throw new GatunException(
              GatunException.Kind.USAGE,
              "%s has an input '%s', which texts do not give; calibrate with .npz files"
                  .formatted(model.getFileName(), input.name()));
    }
    Shape shape = Shape.of(1, values.length);
    if (input.elementType() == INT32) {
      return Tensor.ofInts(shape, values);
    }
    return Tensor.ofLongs(shape, java.util.Arrays.stream(values).asLongStream().toArray());
  }

  /**
   * NumPy archives: a file is one example, its arrays the inputs by name.
   *
   * @param path a file, or a folder of them
   */
  public static List<Map<String, Tensor>> archives(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        return List.of(NumpyArchive.read(path));
      }
      try (Stream<Path> files = Files.list(path)) {
        return files
            .filter(file -> file.toString().endsWith(".npz"))
            .sorted()
            .map(NumpyArchive::read)
            .toList();
      }
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s cannot be read (%s)".formatted(path, GatunException.reason(e)),
          e);
    }
  }
}
