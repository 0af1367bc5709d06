package dev.gatun.pipelines;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.models.arch.Pooling;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An encoder in ONNX, as exporters write it: inputs {@code input_ids}, {@code attention_mask} and
 * perhaps {@code token_type_ids}, I64 [batch, tokens]; the first output that is F32 [batch, tokens,
 * width].
 */
final class OnnxTextEncoder implements TextEncoder {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String SEGMENTS = "token_type_ids";
  private static final int MAX_TEXTS = 32;
  private static final int MAX_LENGTH = 512;

  private final OnnxNetwork network;
  private final Tokenizer tokenizer;
  private final String output;
  private final int width;
  private final int longest;
  private final int texts;

  private OnnxTextEncoder(OnnxNetwork network, Tokenizer tokenizer, int longest, int texts) {
    this.network = network;
    this.tokenizer = tokenizer;
    this.longest = longest;
    this.texts = texts;
    Value hidden = network.graph().outputs().getFirst();
    output = hidden.name();
    width = Math.toIntExact(hidden.type().dim(2).max());
  }

  static OnnxTextEncoder load(GatunRuntime runtime, ModelFolder folder, EmbeddingOptions options) {
    Path model = folder.network("model.onnx");
    TokenizerJson json = TokenizerJson.read(folder.file("tokenizer.json"));
    Tokenizer tokenizer = Tokenizers.from(json.metadata());
    int wanted = options.longest() > 0 ? options.longest() : json.longest().orElse(MAX_LENGTH);
    int bound = Math.min(wanted, options.batch());
    NetworkSpec spec =
        NetworkSpec.of(model, options.policy())
            .withDigest(folder.digest())
            .withOutputs(graph -> List.of(hidden(folder.name(), graph)))
            .withRanges(graph -> ranges(folder.name(), graph, bound, options.batch()));
    OnnxNetwork network = OnnxNetwork.load(runtime, spec);
    int longest = longest(network.graph(), bound);
    return new OnnxTextEncoder(
        network, tokenizer, longest, texts(network.graph(), longest, options.batch()));
  }

  private static int longest(Graph graph, int bound) {
    return (int) Math.min(bound, graph.input(IDS).type().dim(1).max());
  }

  private static int texts(Graph graph, int longest, int batch) {
    return (int)
        Math.min(Math.clamp(batch / longest, 1, MAX_TEXTS), graph.input(IDS).type().dim(0).max());
  }

  private static Map<String, Range> ranges(String model, Graph graph, int bound, int batch) {
    int longest = longest(graph, bound);
    List<Dim> dims = graph.input(IDS).type().dims();
    return Map.of(
        symbol(model, dims.get(0)),
        new Range(1, 1, texts(graph, longest, batch)),
        symbol(model, dims.get(1)),
        new Range(1, Math.min(longest, 128), longest));
  }

  /** Name of the output that holds a vector for each token. */
  private static String hidden(String model, Graph graph) {
    for (Value input : graph.inputs()) {
      boolean known = List.of(IDS, MASK, SEGMENTS).contains(input.name());
      if (!known || input.type().dtype() != DType.I64 || input.type().rank() != 2) {
        throw bad(model, "has an input %s, which no text encoder has".formatted(input));
      }
    }
    for (Value output : graph.outputs()) {
      if (output.type().rank() == 3
          && output.type().dtype() == DType.F32
          && output.type().dim(2) instanceof Dim.Fixed
          && output.type().dims().subList(0, 2).equals(graph.input(IDS).type().dims())) {
        return output.name();
      }
    }
    throw bad(model, "has no output [batch, tokens, width]: it is no text encoder");
  }

  private static String symbol(String model, Dim dim) {
    if (dim instanceof Dim.Symbol symbol) {
      return symbol.name();
    }
    throw bad(model, "takes batches of fixed size " + dim + "; export it with dynamic axes");
  }

  private static ModelFormatException bad(String model, String what) {
    return new ModelFormatException(model, -1, what);
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int longest() {
    return longest;
  }

  @Override
  public Pooling pooling() {
    return Pooling.MEAN;
  }

  @Override
  public int texts() {
    return texts;
  }

  @Override
  public boolean isPadded() {
    return true;
  }

  @Override
  public CompiledPlan plan() {
    return network.plan();
  }

  @Override
  public void run(List<int[]> tokens, VectorSink sink) {
    int length = tokens.stream().mapToInt(text -> text.length).max().orElse(0);
    long[] ids = new long[tokens.size() * length];
    long[] mask = new long[ids.length];
    for (int text = 0; text < tokens.size(); text++) {
      int[] own = tokens.get(text);
      for (int i = 0; i < own.length; i++) {
        ids[text * length + i] = own[i];
        mask[text * length + i] = 1;
      }
    }
    Shape shape = Shape.of(tokens.size(), length);
    Map<String, Tensor> inputs = new HashMap<>();
    for (Value input : network.graph().inputs()) {
      inputs.put(
          input.name(),
          switch (input.name()) {
            case IDS -> Tensor.ofLongs(shape, ids);
            case MASK -> Tensor.ofLongs(shape, mask);
            default -> Tensor.ofLongs(shape, new long[ids.length]);
          });
    }
    network.run(inputs);
    Tensor hidden = network.output(output);
    float[] row = new float[width];
    for (int text = 0; text < tokens.size(); text++) {
      for (int i = 0; i < tokens.get(text).length; i++) {
        hidden.decodeRow((long) text * length + i, row, 0);
        sink.accept(text, i, row);
      }
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
