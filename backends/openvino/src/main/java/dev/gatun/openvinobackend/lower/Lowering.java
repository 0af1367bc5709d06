package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I32;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.Fail;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.OnnxOp;
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
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Writes a graph as a model of OpenVINO. Every node must be one that {@link Acceptance} takes.
 *
 * <p>Inputs become parameters when something first needs them: what only says which sequence a
 * token belongs to is no input of a model that sees one sequence.
 */
public final class Lowering {
  private final Graph graph;
  private final LoweringOptions options;
  private final IrBuilder ir;
  private final Emitter emit;
  private final WeightLowering weights;
  private final ProductLowering products;
  private final HeadLowering heads;
  private final AttentionLowering attention;
  private final DimLowering dims;
  private final LayerLowering layers;
  private final RecurrentLowering recurrent;
  private final ResizeLowering resizes;
  private final OnnxLowering onnx;
  private final ExpertLowering experts;
  private final ControlLowering control;
  private final PairedHeads paired;
  private final Map<Integer, Output> values = new HashMap<>();
  private final Map<Integer, Output> split = new HashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private Optional<Output> beam = Optional.empty();

  private Lowering(
      Graph graph, LoweringOptions options, IrBuilder ir, Function<Dim.Symbol, Output> outer) {
    this.graph = graph;
    this.options = options;
    this.ir = ir;
    emit = new Emitter(ir);
    GroupWeights groups = new GroupWeights(ir);
    weights = new WeightLowering(ir, groups);
    products = new ProductLowering(emit, weights, groups, options.minima());
    heads = new HeadLowering(emit);
    attention = new AttentionLowering(emit, options, this::beam);
    dims = new DimLowering(graph, emit, options.sizes(), this::value, outer);
    Operands operands = new Operands(emit, dims, this::input);
    layers = new LayerLowering(operands);
    recurrent = new RecurrentLowering(operands);
    resizes = new ResizeLowering(operands);
    onnx = new OnnxLowering(operands);
    experts = new ExpertLowering(graph, operands, options.minima());
    control = new ControlLowering(operands, this::body);
    paired = PairedHeads.of(graph, options.observe());
  }

  /**
   * Lowers a graph.
   *
   * @param arena where its constants are allocated; they must live as long as what is compiled
   * @throws BackendException when a value to observe is not there
   */
  public static LoweredModel lower(Graph graph, LoweringOptions options, Arena arena) {
    Function<Dim.Symbol, Output> none =
        symbol -> {
          throw new IllegalStateException("no value has the extent " + symbol);
        };
    return new Lowering(graph, options, new IrBuilder(graph.name()), none).lower(arena);
  }

  /** The outputs of a body's graph; see {@link ControlLowering.Nodes}. */
  private List<Output> body(
      Graph body, IrBuilder inner, List<Output> given, Function<Dim.Symbol, Output> outer) {
    Lowering lowering = new Lowering(body, options, inner, outer);
    for (int i = 0; i < given.size(); i++) {
      lowering.values.put(body.inputs().get(i).id(), given.get(i));
    }
    for (Node node : body.nodes()) {
      inner.enter(node.name());
      lowering.lower(node);
    }
    return body.outputs().stream()
        .map(
            output -> inner.convert(lowering.value(output), ElementTypes.of(output.type().dtype())))
        .toList();
  }

  /** What becomes of weights of a format. */
  public static WeightUse weightUse(DType format, LoweringOptions.Minima minima) {
    return WeightLowering.use(format, minima);
  }

  /**
   * Whether states in a request may begin with inputs: where compilers fuse all of them into
   * attention, which they do neither with bounded scores nor with values that are a view of keys.
   */
  public static boolean takesContinuation(Graph graph) {
    return graph.nodes().stream()
        .noneMatch(node ->
            node.op() instanceof Attention op
                && op.state().isPresent()
                && (op.softcap() != 0 || op.spec().valueDim() == 0));
  }

  /** What an output is called in the model. */
  public static String resultName(int index, Value output) {
    return index + ":" + output.name();
  }

  private LoweredModel lower(Arena arena) {
    List<Value> outputs = new ArrayList<>(graph.outputs());
    outputs.addAll(observed());
    ir.enter("inputs");
    // All in the graph's order, but for those that nothing reads.
    for (Value input : graph.inputs()) {
      if (isRead(input)) {
        value(input);
      }
    }
    boolean stateful = !graph.states().isEmpty();
    if (stateful && options.states() == StateMode.REQUEST) {
      beam = Optional.of(ir.parameter("beam", I32, "1"));
    }
    if (stateful && attention.takesCaches()) {
      for (State state : graph.states()) {
        attention.declare(state.name(), state.spec());
      }
    }
    for (Node node : graph.nodes()) {
      ir.enter(node.name());
      lower(node);
    }
    ir.enter("outputs");
    for (int i = 0; i < outputs.size(); i++) {
      Value output = outputs.get(i);
      String type = ElementTypes.of(output.type().dtype());
      ir.result(resultName(i, output), ir.convert(value(output), type));
    }
    for (int i = 0; i < attention.news().size(); i++) {
      ir.result("new." + attention.caches().get(i).name(), attention.news().get(i));
    }
    Map<String, String> layers =
        graph.nodes().stream()
            .collect(Collectors.toMap(Node::name, Node::name, (a, b) -> a, LinkedHashMap::new));
    return new LoweredModel(
        ir.build(arena), inputs, beam.isPresent(), attention.caches(), outputs, layers);
  }

  private List<Value> observed() {
    Map<String, Value> known = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(value -> known.put(value.name(), value));
    }
    graph.inputs().forEach(value -> known.put(value.name(), value));
    List<Value> found = new ArrayList<>();
    for (String name : options.observe().stream().sorted().toList()) {
      Value value = known.get(name);
      if (value == null) {
        throw new BackendException("%s has no value '%s'".formatted(graph.name(), name));
      }
      if (graph.outputs().stream().noneMatch(output -> output.id() == value.id())) {
        found.add(value);
      }
    }
    return found;
  }

  private boolean isRead(Value input) {
    if (graph.outputs().contains(input)) {
      return true;
    }
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        boolean sequences = i == 4 && node.op() instanceof Attention op && op.state().isPresent();
        if (node.inputs().get(i).id() == input.id() && !sequences) {
          return true;
        }
      }
    }
    return false;
  }

  private Output beam() {
    return beam.orElseThrow();
  }

  /** The output of a value of the graph. */
  private Output value(Value value) {
    Output known = values.get(value.id());
    if (known != null) {
      return known;
    }
    Optional<Constant> constant = graph.constant(value);
    Output made;
    if (constant.isPresent()) {
      made = weights.lower(constant.get(), Rows.PLAIN);
    } else if (split.containsKey(value.id())) {
      RotaryEmbedding op = (RotaryEmbedding) graph.producer(value).orElseThrow().op();
      made = heads.join(split.get(value.id()), op.heads(), op.headDim());
    } else {
      String shape =
          value.type().dims().stream()
              .mapToLong(dims::size)
              .mapToObj(size -> size < 0 ? "?" : Long.toString(size))
              .collect(Collectors.joining(","));
      made = ir.parameter(value.name(), ElementTypes.of(value.type().dtype()), shape);
      inputs.add(value);
    }
    values.put(value.id(), made);
    return made;
  }

  private Output input(Node node, int index) {
    return value(node.input(index));
  }

  /** An input in single precision. */
  private Output single(Node node, int index) {
    return ir.convert(input(node, index), F32);
  }

  /** A constant gets layers of its own for each reader: compilers fuse those into the reader. */
  private Output weight(Node node, int index) {
    Value value = node.input(index);
    Optional<Constant> constant = graph.constant(value);
    return constant.isPresent() ? weights.lower(constant.get(), paired.rows(node)) : value(value);
  }

  private void lower(Node node) {
    List<Output> made =
        switch (node.op()) {
          case Conv op -> List.of(layers.conv(node, op));
          case ConvTranspose op -> List.of(layers.transposed(node, op));
          case Pool op -> layers.pool(node, op);
          case BatchNormalization op -> layers.normalize(node, op);
          case Recurrent op -> recurrent.run(node, op);
          case Resize op -> List.of(resizes.run(node, op));
          case If op -> control.branch(node, op);
          case Loop op -> control.loop(node, op);
          case Scan op -> control.scan(node, op);
          case OnnxOp op -> onnx.run(node, op);
          case Unary _,
              Binary _,
              Reduce _,
              Softmax _,
              MatMul _,
              Gather _,
              Reshape _,
              Transpose _,
              Concat _,
              Slice _,
              Cast _,
              LayerNormalization _,
              RmsNormalization _,
              GatedActivation _,
              RotaryEmbedding _,
              Attention _,
              Extents _ -> {
            Output one = single(node);
            yield one == null ? List.of() : List.of(one);
          }
          case MixtureOfExperts op -> List.of(experts.run(node, op));
          case Fail _, ForeignOp _ -> throw refused(node);
        };
    for (int i = 0; i < made.size(); i++) {
      values.put(node.outputs().get(i).id(), made.get(i));
    }
  }

  private static BackendException refused(Node node) {
    return new BackendException("node '" + node.name() + "': " + node.op().type());
  }

  /** The output of a node that has one; null where it is kept in another form. */
  private Output single(Node node) {
    return switch (node.op()) {
      case Unary op -> emit.activation(op.function(), input(node, 0));
      case Binary op -> emit.binary(layer(op.function()), input(node, 0), input(node, 1));
      case Reduce op -> reduce(op, input(node, 0));
      case Softmax op ->
          emit.softmax(input(node, 0), Math.floorMod(op.axis(), node.input(0).type().rank()));
      case MatMul op -> matMul(node, op);
      case Gather op -> gather(node, op);
      case Reshape op -> emit.reshape(input(node, 0), dims.vector(op.dims()));
      case Transpose op ->
          emit.transpose(
              input(node, 0), op.permutation().stream().mapToLong(axis -> axis).toArray());
      case Concat op -> concat(node, op);
      case Slice op -> slice(node, op);
      case Cast op -> cast(input(node, 0), op.to());
      case LayerNormalization op -> layerNormalization(node, op);
      case RmsNormalization op -> rmsNormalization(node, op);
      case GatedActivation op ->
          emit.binary("Multiply", emit.activation(op.activation(), input(node, 0)), input(node, 1));
      case RotaryEmbedding op -> rotary(node, op);
      case Attention op -> attention(node, op);
      case Extents op ->
          op.scalar() ? emit.scalarOf(dims.extent(op.dims().getFirst())) : dims.sizes(op.dims());
      default -> throw refused(node);
    };
  }

  private static String layer(Binary.Function function) {
    return switch (function) {
      case ADD -> "Add";
      case SUB -> "Subtract";
      case MUL -> "Multiply";
      case DIV -> "Divide";
      case POW -> "Power";
      case MAX -> "Maximum";
      case MIN -> "Minimum";
    };
  }

  private Output reduce(Reduce op, Output x) {
    long[] axes = op.axes().stream().mapToLong(axis -> axis).toArray();
    return emit.reduce(op.function(), x, op.keepDims(), emit.integers(axes));
  }

  private Output matMul(Node node, MatMul op) {
    Optional<Constant> constant = graph.constant(node.input(1));
    return constant.isPresent()
        ? products.lower(
            op, single(node, 0), node.input(0).type().rank(), constant.get(), paired.rows(node))
        : emit.matMul(single(node, 0), single(node, 1), op.transposeB());
  }

  private Output gather(Node node, Gather op) {
    Output data = weight(node, 0);
    String type = ElementTypes.of(node.output().type().dtype());
    return ir.convert(emit.gather(data, input(node, 1), op.axis()), type);
  }

  private Output concat(Node node, Concat op) {
    Output[] parts = new Output[node.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = input(node, i);
    }
    return emit.concat(op.axis(), parts);
  }

  private Output slice(Node node, Slice op) {
    Output stop;
    long length = dims.size(op.length());
    if (length >= 0) {
      stop = emit.integers(op.start() + length);
    } else if (dims.size(node.input(0).type().dim(op.axis())) < 0) {
      // Of an open axis it is all that follows.
      stop = emit.integers(Long.MAX_VALUE);
    } else {
      stop = emit.binary("Add", dims.extent(op.length()), emit.integers(op.start()));
    }
    return emit.slice(input(node, 0), op.axis(), emit.integers(op.start()), stop);
  }

  private Output cast(Output x, DType to) {
    if (to == DType.BOOL && !x.type().equals(ElementTypes.BOOLEAN)) {
      return emit.compare("NotEqual", x, emit.scalar(0, x.type()));
    }
    return ir.convert(x, ElementTypes.of(to));
  }

  private Output layerNormalization(Node node, LayerNormalization op) {
    String attributes =
        "eps=\"%s\" normalize_variance=\"true\" eps_mode=\"inside_sqrt\"".formatted(op.epsilon());
    Output y = ir.layer("MVN", "opset6", attributes, single(node, 0), ir.integers(-1));
    y = emit.binary("Multiply", y, single(node, 1));
    return node.input(2).isAbsent() ? y : emit.binary("Add", y, single(node, 2));
  }

  /** As exporters write it, so that compilers find it. */
  private Output rmsNormalization(Node node, RmsNormalization op) {
    Output x = single(node, 0);
    Output squares = emit.binary("Power", x, emit.real(2));
    Output mean = emit.reduce("ReduceMean", squares, true, -1);
    Output root = emit.unary("Sqrt", "opset1", emit.binary("Add", mean, emit.real(op.epsilon())));
    Output normalized = emit.binary("Multiply", x, emit.binary("Divide", emit.real(1), root));
    return emit.binary("Multiply", normalized, single(node, 1));
  }

  private Output rotary(Node node, RotaryEmbedding op) {
    Output x = heads.split(single(node, 0), op.heads(), op.headDim());
    Output turned =
        heads.rotate(
            op,
            x,
            node.input(1),
            input(node, 1),
            node.input(2),
            single(node, 2),
            paired.isPaired(node));
    split.put(node.output().id(), turned);
    return null;
  }

  private Output attention(Node node, Attention op) {
    long width = op.spec().effectiveValueDim();
    if (node.input(0).type().rank() == 3) {
      Output q = splitBatch(single(node, 0), op.heads(), op.spec().keyDim());
      Output k = splitBatch(single(node, 1), op.spec().kvHeads(), op.spec().keyDim());
      Output v =
          node.input(2).isAbsent()
              ? null
              : splitBatch(single(node, 2), op.spec().kvHeads(), op.spec().valueDim());
      Output bias = node.input(5).isAbsent() ? null : single(node, 5);
      Output y = emit.transpose(attention.padded(op, q, k, v, bias), 0, 2, 1, 3);
      return emit.reshapeKeeping(y, 0, 0, op.heads() * width);
    }
    Output q = split(node, 0, op.heads(), op.spec().keyDim());
    Output k = split(node, 1, op.spec().kvHeads(), op.spec().keyDim());
    Output v =
        node.input(2).isAbsent() ? null : split(node, 2, op.spec().kvHeads(), op.spec().valueDim());
    boolean alone = op.state().isPresent();
    var at =
        new AttentionLowering.Positions(
            node.input(3),
            ir.convert(input(node, 3), I32),
            node.input(4),
            alone ? null : input(node, 4));
    return heads.join(attention.flat(op, node, q, k, v, at), op.heads(), width);
  }

  private Output splitBatch(Output x, long count, long dim) {
    return emit.transpose(emit.reshapeKeeping(x, 0, 0, count, dim), 0, 2, 1, 3);
  }

  private Output split(Node node, int index, long count, long dim) {
    Output known = split.get(node.input(index).id());
    if (known != null && isSplit(node.input(index), count, dim)) {
      return known;
    }
    return heads.split(single(node, index), count, dim);
  }

  private boolean isSplit(Value value, long count, long dim) {
    return graph.producer(value).orElseThrow().op() instanceof RotaryEmbedding op
        && LongStream.of(op.heads(), op.headDim()).boxed().toList().equals(List.of(count, dim));
  }
}
