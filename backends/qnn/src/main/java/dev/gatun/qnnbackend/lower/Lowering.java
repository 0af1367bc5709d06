package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.Fail;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.OnnxOp;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Trilu;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Where;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import dev.gatun.runtime.spi.BackendException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a graph, at fixed sizes, as operators of QNN's. */
public final class Lowering {
  private final Graph original;
  private final CodedGraph coded;
  private final LoweringOptions options;
  private final Scope scope;
  private final Emitter emit;
  private final ElementLowering elements;
  private final ViewLowering views;
  private final PickLowering picks;
  private final ProductLowering products;
  private final SpatialLowering spatial;
  private final AttentionLowering attention;
  private final CodeRules rules;

  private Lowering(Graph original, CodedGraph coded, LoweringOptions options) {
    this.original = original;
    this.coded = coded;
    this.options = options;
    scope = new Scope(coded, options);
    emit = scope.emit();
    elements = new ElementLowering(scope);
    views = new ViewLowering(scope);
    picks = new PickLowering(scope);
    products = new ProductLowering(scope);
    spatial = new SpatialLowering(scope);
    attention = new AttentionLowering(scope);
    rules = new CodeRules(scope);
  }

  /**
   * Lowers a graph.
   *
   * @throws BackendException naming a node that is not taken and why
   */
  public static LoweredGraph lower(Graph graph, LoweringOptions options) {
    CodedGraph coded = CodedGraph.of(graph, options.observe());
    Lowering lowering = new Lowering(graph, coded, options);
    for (Node node : coded.graph().nodes()) {
      try {
        lowering.lower(node);
      } catch (Refused e) {
        throw new BackendException("node '%s': %s".formatted(node.name(), e.getMessage()), e);
      }
    }
    return lowering.finish();
  }

  /**
   * Lowers one node by itself: what comes from other nodes is an input.
   *
   * @param node of the graph without pairs
   * @throws Refused when it is not taken
   */
  static List<QnnOp> alone(CodedGraph coded, Node node, LoweringOptions options) {
    Lowering lowering = new Lowering(coded.graph(), coded, options);
    lowering.lower(node);
    return lowering.emit.ops();
  }

  private void lower(Node node) {
    emit.enter(coded.originalName(node));
    // Says at once which extent is not known.
    node.outputs().forEach(scope::dims);
    scope.mode(rules.mode(node));
    Form form = node.outputs().isEmpty() ? emit.floats() : scope.form(node.outputs().getFirst());
    switch (node.op()) {
      case Unary op -> elements.unary(node, form, op.function());
      case Binary op -> {
        if (!products.scaledSum(node, op, form)) {
          elements.binary(node, form, op.function());
        }
      }
      case Elementwise op -> elements.elementwise(node, op, form);
      case Reduce op -> products.reduce(node, op, form);
      case Conv op -> spatial.conv(node, op, form);
      case ConvTranspose op -> spatial.convTranspose(node, op, form);
      case Pool op -> spatial.pool(node, op, form);
      case Resize op -> spatial.resize(node, op, form);
      case Concat op -> views.concat(node, op.axis(), form);
      case SplitParts op -> views.split(node, op.axis());
      default -> {
        QnnTensor made = single(node, form);
        scope.put(node.output(), made);
      }
    }
  }

  private QnnTensor single(Node node, Form form) {
    return switch (node.op()) {
      case Softmax op -> products.softmax(node, op, form);
      case MatMul op -> products.matMul(node, op, form);
      case LayerNormalization op -> products.layerNormalization(node, op, form);
      case RmsNormalization op -> products.rmsNormalization(node, op, form);
      case Gather op -> views.gather(node, op);
      case Reshape _, DynamicReshape _, ChangeRank _ -> views.reshape(node);
      case Transpose op -> emit.transpose(scope.input(node, 0), op.permutation());
      case Slice op -> views.slice(node, op);
      case Expand _, Tile _ -> views.repeat(node);
      case Pad op -> views.pad(node, op);
      case Extents op -> views.extents(node, op);
      case Cast op -> elements.cast(node, op.to());
      case GatedActivation op ->
          emit.binary(
              "ElementWiseMultiply",
              form,
              elements.unary(op.activation(), scope.input(node, 0), form),
              scope.input(node, 1));
      case GatherElements op -> picks.gatherElements(node, op);
      case GatherNd op -> picks.gatherNd(node, op);
      case OneHot op -> picks.oneHot(node, op, form);
      case Trilu op -> picks.trilu(node, op, form);
      case StridedSlice op -> picks.stridedSlice(node, op);
      case Comparison op -> elements.comparison(node, op.function());
      case Where _ -> elements.where(node, form);
      case ArgReduce op -> argument(node, op);
      case BatchNormalization op -> spatial.batchNormalization(node, op, form);
      case RotaryEmbedding op -> attention.rotary(node, op, form);
      case Attention op -> attention.attention(node, op, form);
      case MixtureOfExperts _ -> throw new Refused("routed experts are not lowered to QNN");
      case If _, Loop _, Scan _ -> throw new Refused("an NPU has no control flow");
      case ForeignOp op -> throw new Refused("unknown op " + op.domain() + "." + op.type());
      case Fail _,
          Recurrent _,
          OnnxOp _,
          Unary _,
          Binary _,
          Reduce _,
          Conv _,
          ConvTranspose _,
          Pool _,
          Resize _,
          Concat _ ->
          throw new Refused(node.op().type() + " is not lowered to QNN");
    };
  }

  private QnnTensor argument(Node node, ArgReduce op) {
    if (op.last()) {
      throw new Refused("the last of equal ones is not to be had on QNN");
    }
    QnnTensor x = scope.input(node, 0);
    return emit.op(
        op.max() ? "Argmax" : "Argmin",
        Form.of(Elements.I32),
        scope.dims(node.output()),
        List.of(x),
        new Parameter.U32("axis", op.axis()),
        new Parameter.Bool("keep_dims", op.keepDims()));
  }

  /** Names the outputs. */
  private LoweredGraph finish() {
    emit.enter("outputs");
    scope.mode(Optional.empty());
    List<Sink> sinks = new ArrayList<>();
    Map<String, QnnTensor> outputs = new HashMap<>();
    for (Value value : results()) {
      sinks.add(new Sink.Output(output(scope.value(coded(value)), outputs), value));
    }
    for (Sink sink : attention.news()) {
      Sink.News made = (Sink.News) sink;
      sinks.add(new Sink.News(output(made.tensor(), outputs), made.state(), made.keys()));
    }
    List<QnnOp> ops =
        emit.ops().stream()
            .map(op ->
                new QnnOp(
                    op.name(),
                    op.type(),
                    replaced(op.inputs(), outputs),
                    replaced(op.outputs(), outputs),
                    op.parameters()))
            .toList();
    return new LoweredGraph(ops, emit.nodes(), read(ops), sinks);
  }

  /** Inputs that an operator reads: the library has no others. */
  private List<Feed> read(List<QnnOp> ops) {
    return scope.feeds().stream()
        .filter(feed -> ops.stream().anyMatch(op -> op.inputs().contains(feed.tensor())))
        .toList();
  }

  private static List<QnnTensor> replaced(List<QnnTensor> tensors, Map<String, QnnTensor> by) {
    return tensors.stream().map(each -> by.getOrDefault(each.name(), each)).toList();
  }

  /** The tensor as an output; a copy where it is an input, a constant, or an output already. */
  private QnnTensor output(QnnTensor tensor, Map<String, QnnTensor> outputs) {
    QnnTensor source = tensor;
    if (tensor.role() != Role.BETWEEN_NODES || outputs.containsKey(tensor.name())) {
      source = emit.op("Reshape", Form.of(tensor), tensor.dims(), List.of(tensor));
    }
    QnnTensor output =
        new QnnTensor(
            source.name(),
            Role.OUTPUT,
            source.elements(),
            source.quantization(),
            source.dims(),
            Optional.empty());
    outputs.put(source.name(), output);
    return output;
  }

  private Value coded(Value value) {
    return coded
        .value(value)
        .orElseThrow(() ->
            new BackendException(
                "'%s' cannot be observed: it is a part of another operator".formatted(value)));
  }

  private List<Value> results() {
    Graph graph = original;
    List<Value> results = new ArrayList<>(graph.outputs());
    Map<String, Value> known = new HashMap<>();
    graph.nodes().forEach(node -> node.outputs().forEach(value -> known.put(value.name(), value)));
    graph.inputs().forEach(value -> known.put(value.name(), value));
    for (String name : options.observe().stream().sorted().toList()) {
      Value value = known.get(name);
      if (value == null) {
        throw new BackendException("%s has no value '%s'".formatted(graph.name(), name));
      }
      if (!results.contains(value)) {
        results.add(value);
      }
    }
    return results;
  }
}
