package dev.gatun.models.arch;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;

/**
 * One model being built: its metadata, its weights, the graph so far, and the small blocks that
 * every architecture is made of. Tensors and nodes carry the prefix of the current layer, {@code
 * blk.3.}: {@code linear("attn_q", …)} reads {@code blk.3.attn_q.weight} and makes node {@code
 * blk.3.attn_q}.
 */
final class ModelBuilder {
  private final Hyperparameters metadata;
  private final BuildOptions options;
  private final GraphBuilder graph;
  private final Weights weights;
  private final Adaptations adaptations;
  private final Norm norm;
  private final double epsilon;
  private final int layers;
  private final int allLayers;
  private final int width;
  private final int vocabulary;
  private final int trainedContext;
  private final Value tokens;
  private final Value positions;
  private final Value sequences;
  private final Value rows;
  private String prefix = "";

  ModelBuilder(ModelSource source, BuildOptions options, Norm norm) {
    this.metadata = new Hyperparameters(source);
    this.options = options;
    this.norm = norm;
    this.epsilon = metadata.epsilon(norm.epsilonKey());
    this.allLayers = metadata.count("block_count", Hyperparameters.MAX_COUNT);
    // Layers that predict further tokens stand after the model's own; they are not run.
    this.layers = allLayers - metadata.optional("nextn_predict_layers", allLayers - 1);
    this.width = metadata.count("embedding_length", Hyperparameters.MAX_WIDTH);
    this.trainedContext = metadata.count("context_length", Integer.MAX_VALUE);
    this.graph = new GraphBuilder(source.name());
    this.weights = new Weights(source, graph);
    this.adaptations = new Adaptations(source, graph, options.adapters());
    Shape table = weights.info("token_embd.weight").shape();
    if (table.rank() != 2 || table.dim(0) < 1 || table.dim(0) > Integer.MAX_VALUE) {
      throw new ModelException(
          "%s: tensor token_embd.weight is %s, not [vocabulary, width]"
              .formatted(source.name(), table));
    }
    this.vocabulary = (int) table.dim(0);
    metadata.requireTokens(vocabulary);
    Dim batch = Dim.symbol("tokens", 1, options.maxBatch());
    this.tokens = graph.input("tokens", DType.I32, batch);
    this.positions = graph.input("positions", DType.I32, batch);
    this.sequences = graph.input("sequences", DType.I32, batch);
    this.rows = graph.input("rows", DType.I32, Dim.symbol("rows", 0, options.maxRows()));
  }

  Hyperparameters metadata() {
    return metadata;
  }

  GraphBuilder graph() {
    return graph;
  }

  Weights weights() {
    return weights;
  }

  BuildOptions options() {
    return options;
  }

  int layers() {
    return layers;
  }

  int width() {
    return width;
  }

  int vocabulary() {
    return vocabulary;
  }

  int trainedContext() {
    return trainedContext;
  }

  /** Positions that a sequence may have. */
  int contextLength() {
    return options.contextLength() == 0 ? trainedContext : options.contextLength();
  }

  Value positions() {
    return positions;
  }

  Value sequences() {
    return sequences;
  }

  /** The symbol {@code tokens}. */
  Dim batch() {
    return tokens.type().dim(0);
  }

  /** Names that follow belong to this layer. */
  void enterLayer(int layer) {
    prefix = "blk." + layer + ".";
    graph.scope(prefix);
  }

  /** Names that follow belong to the whole model. */
  void leaveLayer() {
    prefix = "";
    graph.scope(prefix);
  }

  /** Full name of a tensor of the current layer. */
  String name(String tensor) {
    return prefix + tensor;
  }

  boolean has(String tensor) {
    return weights.has(name(tensor));
  }

  /** Embeddings of the batch's tokens, F32 [tokens, width]. */
  Value embed() {
    return graph.gather("token_embd", tokenTable(), tokens);
  }

  /** The embedding table, [vocabulary, width]. */
  Value tokenTable() {
    return weights.matrix("token_embd.weight", vocabulary, width);
  }

  /** {@code x W^T}, plus the bias where the file has one. */
  Value linear(String root, Value x, long out) {
    String weight = name(root + ".weight");
    Value y = adaptations.linear(root, x, weight, weights.matrix(weight, out, last(x)));
    return has(root + ".bias") ? addBias(root, y) : y;
  }

  /** The product with the matrix that gives logits: the model's own, or the table of tokens. */
  Value logits(String nodeName, Value x) {
    return weights.has("output.weight")
        ? adaptations.linear(
            nodeName, x, "output.weight", weights.matrix("output.weight", vocabulary, width))
        : graph.linear(nodeName, x, tokenTable());
  }

  private Value addBias(String root, Value y) {
    Value bias = weights.vector(name(root + ".bias"), last(y));
    return graph.add(root + "_bias", y, bias);
  }

  /** Normalizes rows as the model does. */
  Value norm(String root, Value x) {
    return norm(root, root, x);
  }

  /** {@link #norm(String, Value)} with another name for the node. */
  Value norm(String nodeName, String root, Value x) {
    Value scale = weights.vector(name(root + ".weight"), last(x));
    return switch (norm) {
      case RMS -> graph.rmsNormalization(nodeName, x, scale, epsilon);
      case LAYER -> {
        Value bias =
            has(root + ".bias") ? weights.vector(name(root + ".bias"), last(x)) : Value.ABSENT;
        yield graph.layerNormalization(nodeName, x, scale, bias, epsilon);
      }
    };
  }

  /** Layer norm of [tokens, n, m] without bias, with a scale of its own for each of the n. */
  Value normEach(String root, Value x) {
    long n = ((Dim.Fixed) x.type().dim(1)).size();
    long m = last(x);
    float[] ones = new float[Math.toIntExact(m)];
    Arrays.fill(ones, 1);
    Value one = graph.constant(name(root + ".ones"), Tensor.ofFloats(Shape.of(m), ones));
    Value even = graph.layerNormalization(root, x, one, Value.ABSENT, epsilon);
    return graph.mul(root + "_scaled", even, weights.floatMatrix(name(root + ".weight"), n, m));
  }

  /** {@code x * factor}; x itself when the factor is 1. */
  Value scale(String nodeName, Value x, double factor) {
    if (factor == 1) {
      return x;
    }
    return graph.mul(nodeName, x, graph.scalar(name(nodeName + ".factor"), (float) factor));
  }

  /** {@code cap * tanh(x / cap)}; x itself when the cap is 0. */
  Value softcap(String nodeName, Value x, double cap) {
    if (cap == 0) {
      return x;
    }
    Value small = scale(nodeName + "_down", x, 1 / cap);
    Value bounded = graph.unary(nodeName + "_tanh", Unary.Function.TANH, small);
    return graph.mul(nodeName, bounded, graph.scalar(name(nodeName + ".factor"), (float) cap));
  }

  /** The wanted rows of {@code x} [tokens, n]. */
  Value wanted(String nodeName, Value x) {
    return graph.gather(nodeName, x, rows);
  }

  /** Declares the state of a layer's keys and values. */
  String state(int layer, StateSpec spec) {
    return graph.state("kv." + layer, spec).name();
  }

  /** Closes the graph with its output. */
  ModelGraph finish(Value output, boolean causal) {
    graph.output(output);
    adaptations.requireAllApplied();
    weights.requireAllUsed(metadata.architecture(), this::mayStayUnused);
    return new ModelGraph(
        graph.build(),
        metadata.architecture(),
        vocabulary,
        trainedContext,
        contextLength(),
        width,
        layers,
        causal,
        pooling(),
        weights.parameters());
  }

  private boolean mayStayUnused(String tensor) {
    // Precomputed rotations of old files.
    if (tensor.endsWith(".attn_rot_embd.weight")) {
      return true;
    }
    if (layers == allLayers || !tensor.startsWith("blk.")) {
      return false;
    }
    int end = tensor.indexOf('.', 4);
    try {
      return end > 0 && Integer.parseInt(tensor.substring(4, end)) >= layers;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private Pooling pooling() {
    int type = metadata.optional("pooling_type", 4);
    return switch (type) {
      case 0 -> Pooling.NONE;
      case 1 -> Pooling.MEAN;
      case 2 -> Pooling.CLS;
      case 3 -> Pooling.LAST;
      default -> throw metadata.unsupported("pooling_type 4 (a classifier over pairs of texts)");
    };
  }

  /** Extent of the last axis, which is always known. */
  static long last(Value x) {
    return ((Dim.Fixed) x.type().dim(-1)).size();
  }
}
