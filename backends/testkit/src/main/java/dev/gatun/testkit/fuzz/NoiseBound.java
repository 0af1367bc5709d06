package dev.gatun.testkit.fuzz;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.Step;
import dev.gatun.testkit.StepRunner;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A bound found by experiment, for graphs that nobody has analysed: the graph is run a few times
 * with the noise of a device's rounding on each node's result (Monte Carlo arithmetic, Parker
 * 1997), and a device may be off by a multiple of the largest deviation seen.
 */
public final class NoiseBound implements Bound {
  private static final int RUNS = 4;
  private static final double MARGIN = 16;

  /** Sums of up to some hundred terms, relative to the largest of the row. */
  private static final double SINGLE = 0x1p-20;

  private static final double HALF = 0x1p-10;
  private static final double INT8 = 0x1p-7;
  private static final double BF16 = 0x1p-7;

  private final Map<Precision, Map<Step, Map<String, double[]>>> known =
      new EnumMap<>(Precision.class);
  private final Graph graph;
  private final List<Step> steps;
  private final long seed;

  private NoiseBound(Graph graph, List<Step> steps, long seed) {
    this.graph = graph;
    this.steps = steps;
    this.seed = seed;
  }

  /** A bound for the steps of a graph. */
  public static NoiseBound of(Graph graph, List<Step> steps, long seed) {
    return new NoiseBound(graph, steps, seed);
  }

  @Override
  public Limits limits(Question question) {
    Map<Step, Map<String, double[]>> deviations =
        known.computeIfAbsent(
            question.precision(), precision -> deviations(graph, steps, seed, precision));
    double[] rows = Bound.rowMaxima(question.expected());
    double[] seen = deviations.get(question.step()).get(question.output());
    double[] errors = new double[rows.length];
    // A single element may have been lucky in all runs: what its row shows counts too.
    double worst = Arrays.stream(seen).max().orElse(0);
    double rounding = rounding(question.precision());
    Arrays.setAll(errors, i -> MARGIN * Math.max(seen[i], worst / 4) + rounding * rows[i] + 1e-12);
    return new Limits(errors, Double.POSITIVE_INFINITY, false);
  }

  private static Map<Step, Map<String, double[]>> deviations(
      Graph graph, List<Step> steps, long seed, Precision precision) {
    List<Map<String, Array>> exact = StepRunner.reference(graph, steps);
    Map<Step, Map<String, double[]>> largest = new HashMap<>();
    for (int run = 0; run < RUNS; run++) {
      Random random = new Random(seed * RUNS + run);
      List<Map<String, Array>> noisy =
          StepRunner.reference(
              graph,
              given(steps, random, precision),
              (node, result) -> disturb(node, result, random, precision));
      for (int i = 0; i < steps.size(); i++) {
        Map<String, double[]> ofStep =
            largest.computeIfAbsent(steps.get(i), step -> new HashMap<>());
        Map<String, Array> other = noisy.get(i);
        exact.get(i).forEach((name, array) -> widen(ofStep, name, array, other.get(name)));
      }
    }
    return largest;
  }

  /** Of a device that rounds its inputs, too, the steps with inputs that are a little off. */
  private static List<Step> given(List<Step> steps, Random random, Precision precision) {
    if (precision != Precision.HALF) {
      return steps;
    }
    return steps.stream()
        .map(step -> {
          Map<String, Array> tensors = new HashMap<>(step.tensors());
          tensors.replaceAll((name, array) -> disturb(array, HALF, random));
          return new Step(step.tokens(), tensors);
        })
        .toList();
  }

  private static double rounding(Precision precision) {
    return precision == Precision.HALF ? HALF : SINGLE;
  }

  private static void widen(Map<String, double[]> largest, String name, Array exact, Array noisy) {
    double[] seen = largest.computeIfAbsent(name, key -> new double[exact.values().length]);
    for (int i = 0; i < seen.length; i++) {
      double deviation = Math.abs(exact.values()[i] - noisy.values()[i]);
      seen[i] = Math.max(seen[i], Double.isFinite(deviation) ? deviation : 0);
    }
  }

  private static Array disturb(Node node, Array result, Random random, Precision precision) {
    return disturb(result, level(node, precision), random);
  }

  private static Array disturb(Array result, double level, Random random) {
    if (level == 0 || !result.dtype().isFloat()) {
      return result;
    }
    double[] rows = Bound.rowMaxima(result);
    double[] values = result.values().clone();
    Arrays.setAll(values, i -> values[i] + level * rows[i] * random.nextDouble(-1, 1));
    return new Array(result.dtype(), result.shape(), values);
  }

  private static double level(Node node, Precision precision) {
    return switch (node.op()) {
      case Attention op when op.state().isPresent() && op.spec().dtype() != DType.F32 -> HALF;
      case MatMul _ -> product(node.input(1).type().dtype(), precision);
      case MixtureOfExperts _ -> product(node.input(2).type().dtype(), precision);
      case Reshape _, Slice _, Concat _, Transpose _ -> 0;
      default -> rounding(precision);
    };
  }

  private static double product(DType weights, Precision precision) {
    if (precision.half(weights)) {
      return HALF;
    }
    return precision.int8(weights) ? INT8 : precision.bf16(weights) ? BF16 : rounding(precision);
  }
}
