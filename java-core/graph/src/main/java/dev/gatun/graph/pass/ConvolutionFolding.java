package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes what follows a convolution into its weights and bias: batch normalization, and factors and
 * summands that are constant per channel. A batch normalization elsewhere becomes such a factor and
 * summand. Weights change by the rounding of single precision.
 */
public final class ConvolutionFolding {
  private final Graph graph;
  private final GraphCopy copy;
  private final Map<Integer, List<Node>> readers = new HashMap<>();
  private final Set<Integer> outputs = new HashSet<>();
  private final Set<Integer> folded = new HashSet<>();

  private ConvolutionFolding(Graph graph) {
    this.graph = graph;
    copy = new GraphCopy(graph.name());
    for (Node node : graph.nodes()) {
      node.inputs()
          .forEach(value -> readers.computeIfAbsent(value.id(), id -> new ArrayList<>()).add(node));
    }
    graph.outputs().forEach(value -> outputs.add(value.id()));
  }

  /** The graph with fewer nodes, or the same object when nothing fits. */
  public static Graph apply(Graph graph) {
    boolean some =
        graph.nodes().stream()
            .anyMatch(node ->
                node.op() instanceof Conv
                    || node.op() instanceof ConvTranspose
                    || node.op() instanceof BatchNormalization);
    return some ? new ConvolutionFolding(graph).run() : graph;
  }

  private Graph run() {
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    for (Node node : graph.nodes()) {
      if (folded.contains(node.id())) {
        continue;
      }
      boolean done =
          switch (node.op()) {
            case Conv op -> convolution(node, op.groups(), false);
            case ConvTranspose op -> convolution(node, op.groups(), true);
            case BatchNormalization op -> normalization(node, op);
            default -> false;
          };
      if (!done) {
        copy.node(node);
      }
    }
    graph.outputs().forEach(copy::output);
    return DeadCodeElimination.apply(copy.build());
  }

  /** {@code factor * x + summand} per channel. */
  private static final class Line {
    private final double[] factor;
    private final double[] summand;

    Line(double[] factor, double[] summand) {
      this.factor = factor;
      this.summand = summand;
    }

    double[] factor() {
      return factor;
    }

    double[] summand() {
      return summand;
    }

    static Line identity(int channels) {
      double[] ones = new double[channels];
      Arrays.fill(ones, 1);
      return new Line(ones, new double[channels]);
    }

    Line then(double[] factors, double[] summands) {
      double[] f = factor.clone();
      double[] s = summand.clone();
      for (int i = 0; i < f.length; i++) {
        f[i] *= factors[i];
        s[i] = s[i] * factors[i] + summands[i];
      }
      return new Line(f, s);
    }
  }

  private Optional<Tensor> constant(Value value) {
    return graph.constant(value).map(Constant::data).filter(tensor -> tensor.dtype() == DType.F32);
  }

  private boolean convolution(Node node, int groups, boolean transposed) {
    Optional<Tensor> weights = constant(node.input(1));
    Value bias = node.input(2);
    if (weights.isEmpty() || (!bias.isAbsent() && constant(bias).isEmpty())) {
      return false;
    }
    Shape shape = weights.get().shape();
    int channels = Math.toIntExact(transposed ? shape.dim(1) * groups : shape.dim(0));
    Line line = Line.identity(channels);
    Node last = node;
    while (!outputs.contains(last.output().id())) {
      List<Node> next = readers.getOrDefault(last.output().id(), List.of());
      Optional<Line> more =
          next.size() == 1 ? line(next.getFirst(), last.output(), line) : Optional.empty();
      if (more.isEmpty()) {
        break;
      }
      line = more.get();
      last = next.getFirst();
      folded.add(last.id());
    }
    if (last.equals(node)) {
      return false;
    }
    float[] scaled = weights.get().toFloats();
    int inner = Math.toIntExact(shape.elements() / shape.dim(0));
    int taps = Math.toIntExact(shape.elements() / shape.dim(0) / shape.dim(1));
    for (int i = 0; i < scaled.length; i++) {
      int first = i / inner;
      int channel =
          transposed
              ? (int) (first / (shape.dim(0) / groups) * shape.dim(1) + i / taps % shape.dim(1))
              : first;
      scaled[i] = (float) (scaled[i] * line.factor()[channel]);
    }
    float[] shifted = new float[channels];
    float[] old = bias.isAbsent() ? new float[channels] : constant(bias).get().toFloats();
    for (int i = 0; i < channels; i++) {
      shifted[i] = (float) (old[i] * line.factor()[i] + line.summand()[i]);
    }
    Value w = copy.builder().constant(last.name() + ".weights", Tensor.ofFloats(shape, scaled));
    Value b =
        copy.builder()
            .constant(last.name() + ".bias", Tensor.ofFloats(Shape.of(channels), shifted));
    Value x = copy.copy(node.input(0));
    copy.replace(last.output(), copy.builder().node(last.output().name(), node.op(), x, w, b));
    return true;
  }

  /** The line with what a node does to {@code x} after it, when that is a line per channel. */
  private Optional<Line> line(Node node, Value x, Line line) {
    int channels = line.factor().length;
    if (node.op() instanceof BatchNormalization op && node.input(0).equals(x)) {
      return normalized(node, op).map(each -> line.then(each.factor(), each.summand()));
    }
    if (!(node.op() instanceof Binary(Binary.Function function))
        || node.input(0).equals(node.input(1))
        || !node.output().type().equals(x.type())) {
      return Optional.empty();
    }
    boolean reversed = node.input(1).equals(x);
    double[] other = perChannel(node.input(reversed ? 0 : 1), x.type(), channels);
    if (other == null) {
      return Optional.empty();
    }
    double[] factors = new double[channels];
    double[] summands = new double[channels];
    Arrays.fill(factors, 1);
    for (int i = 0; i < channels; i++) {
      switch (function) {
        case ADD -> summands[i] = other[i];
        case SUB -> {
          factors[i] = reversed ? -1 : 1;
          summands[i] = reversed ? other[i] : -other[i];
        }
        case MUL -> factors[i] = other[i];
        case DIV -> {
          if (reversed || other[i] == 0) {
            return Optional.empty();
          }
          factors[i] = 1 / other[i];
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(line.then(factors, summands));
  }

  /** A constant as one number per channel of a value [N, C, ..]; null when it is none. */
  private double[] perChannel(Value value, ValueType type, int channels) {
    Optional<Tensor> data = constant(value);
    if (data.isEmpty()) {
      return null;
    }
    Shape shape = data.get().shape();
    double[] numbers = Array.of(data.get()).values();
    if (numbers.length == 1) {
      double[] all = new double[channels];
      Arrays.fill(all, numbers[0]);
      return all;
    }
    int axis = shape.rank() - (type.rank() - 1);
    boolean fits = axis >= 0 && numbers.length == channels && shape.dim(axis) == channels;
    return fits ? numbers : null;
  }

  private Optional<Line> normalized(Node node, BatchNormalization op) {
    if (op.training()) {
      return Optional.empty();
    }
    double[][] inputs = new double[5][];
    for (int i = 1; i < 5; i++) {
      Optional<Tensor> data = constant(node.input(i));
      if (data.isEmpty()) {
        return Optional.empty();
      }
      inputs[i] = Array.of(data.get()).values();
    }
    double[] factors = new double[inputs[1].length];
    double[] summands = new double[factors.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = inputs[1][i] / Math.sqrt(inputs[4][i] + op.epsilon());
      summands[i] = inputs[2][i] - inputs[3][i] * factors[i];
    }
    return Optional.of(new Line(factors, summands));
  }

  private boolean normalization(Node node, BatchNormalization op) {
    Optional<Line> line = normalized(node, op);
    if (line.isEmpty()) {
      return false;
    }
    ValueType type = node.output().type();
    if (type.dtype() != DType.F32 || type.rank() < 2) {
      return false;
    }
    long[] dims = new long[type.rank() - 1];
    Arrays.fill(dims, 1);
    dims[0] = line.get().factor().length;
    Value factor = channels(node.name() + ".factor", dims, line.get().factor());
    Value summand = channels(node.name() + ".summand", dims, line.get().summand());
    Value scaled = copy.builder().mul(node.name() + ".scaled", copy.copy(node.input(0)), factor);
    copy.replace(node.output(), copy.builder().add(node.output().name(), scaled, summand));
    return true;
  }

  private Value channels(String name, long[] dims, double[] numbers) {
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers[i];
    }
    return copy.builder().constant(name, Tensor.ofFloats(Shape.of(dims), values));
  }
}
