package dev.gatun.quantize.imatrix;

import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.imatrix.WeightInputs.Product;
import dev.gatun.quantize.observe.ObserveOptions;
import dev.gatun.quantize.observe.ObservedDecoder;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Makes an importance matrix: a decoder reads a text in windows, each from nothing, and the inputs
 * of the products with the blocks' weights are squared and added up, as {@code llama-imatrix} does
 * it.
 */
public final class ImportanceCollector {
  /** Shorter windows tell nothing; {@code llama-imatrix} ignores smaller batches too. */
  public static final int MIN_WINDOW = 16;

  /**
   * What to read and how.
   *
   * @param policy how the planner chooses a device
   * @param window tokens of a chunk
   * @param maxWindows most chunks to read
   * @param output whether {@code output.weight} gets an entry too
   * @param dataset the text's name
   */
  public record Options(
      Policy policy, int window, int maxWindows, boolean output, String dataset) {}

  /**
   * What came of it.
   *
   * @param devices that ran the model
   */
  public record Collected(ImportanceMatrix matrix, List<String> devices) {
    public Collected {
      devices = List.copyOf(devices);
    }
  }

  /** Told after each window. */
  public interface Progress {
    /** So many of all windows are read. */
    void windows(int done, int total);
  }

  private ImportanceCollector() {}

  /**
   * Reads a text.
   *
   * @param digest SHA-256 of the model's file, where it is known
   * @param tokens the tokenized text, beginning as the model wants texts to begin
   * @param first token that begins every text of this model: it replaces the first of each window
   * @throws GatunException of kind USAGE when the text fills no window or the model is no decoder,
   *     of kind MODEL when the model computes what is not a number
   */
  public static Collected collect(
      GatunRuntime runtime,
      ModelSource source,
      Optional<String> digest,
      int[] tokens,
      OptionalInt first,
      Options options,
      Progress progress) {
    int window = options.window();
    int windows = Math.min(options.maxWindows(), tokens.length / Math.max(1, window));
    if (window < MIN_WINDOW || windows < 1) {
      throw new GatunException(
          Kind.USAGE,
          "the text has %d tokens, which make no chunk of %d (at least %d): give a longer text or a smaller --ctx"
              .formatted(tokens.length, window, MIN_WINDOW));
    }
    List<WeightInputs> found = new ArrayList<>();
    ObserveOptions observe =
        ObserveOptions.of(window).withPolicy(options.policy()).withLogits(options.output());
    try (ObservedDecoder decoder =
        ObservedDecoder.open(
            runtime,
            source,
            digest,
            observe,
            graph -> {
              found.add(WeightInputs.of(graph, options.output()));
              return found.getFirst().values();
            })) {
      Sums sums = new Sums(found.getFirst());
      for (int w = 0; w < windows; w++) {
        int[] text = Arrays.copyOfRange(tokens, w * window, (w + 1) * window);
        first.ifPresent(token -> text[0] = token);
        decoder.read(text, (values, start, count) -> sums.add(values));
        // What is not a number ends the run at once.
        sums.entries();
        progress.windows(w + 1, windows);
      }
      ImportanceMatrix matrix =
          new ImportanceMatrix(sums.entries(), List.of(options.dataset()), windows, window, false);
      return new Collected(matrix, decoder.devices());
    }
  }

  /** Sums of all weights. */
  private static final class Sums {
    private final WeightInputs inputs;
    private final Map<String, SquareSums> products = new LinkedHashMap<>();
    private final List<ExpertSums> experts = new ArrayList<>();

    Sums(WeightInputs inputs) {
      this.inputs = inputs;
      inputs
          .products()
          .forEach((value, product) ->
              products.put(value, new SquareSums(product.columns(), product.matrices(), 1)));
      inputs.experts().forEach(mixture -> experts.add(new ExpertSums(mixture)));
    }

    void add(Function<String, Tensor> values) {
      inputs
          .products()
          .forEach((name, product) -> add(values.apply(name), product, products.get(name)));
      for (int i = 0; i < experts.size(); i++) {
        var mixture = inputs.experts().get(i);
        experts.get(i).add(values.apply(mixture.input()), values.apply(mixture.logits()));
      }
    }

    private static void add(Tensor value, Product product, SquareSums sums) {
      int rows = Math.toIntExact(value.rows());
      int rowsOfOne = rows / product.matrices();
      float[] row = new float[product.columns()];
      for (int r = 0; r < rows; r++) {
        value.decodeRow(r, row, 0);
        sums.add(row, 0, product.matrices() == 1 ? 0 : r / rowsOfOne);
      }
      sums.count(0, rowsOfOne);
    }

    Map<String, ImportanceEntry> entries() {
      Map<String, ImportanceEntry> entries = new TreeMap<>();
      inputs
          .products()
          .forEach((value, product) -> {
            ImportanceEntry entry = products.get(value).entry(product.weights().getFirst());
            product.weights().forEach(weight -> entries.put(weight, entry));
          });
      experts.forEach(mixture -> entries.putAll(mixture.entries()));
      return entries;
    }
  }
}
