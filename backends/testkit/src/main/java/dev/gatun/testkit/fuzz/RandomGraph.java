package dev.gatun.testkit.fuzz;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import dev.gatun.testkit.cases.Data;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A random valid graph of a few ops over tokens, with inputs. The same seed gives the same graph.
 * Ops that amplify rounding without bound (powers, reciprocals, logarithms) are left out; those
 * have cases of their own.
 */
final class RandomGraph {
  private static final int[] WIDTHS = {8, 16, 24, 32, 64, 20, 33};
  private static final List<Unary.Function> FUNCTIONS =
      List.of(
          Unary.Function.NEG,
          Unary.Function.ABS,
          Unary.Function.SIGMOID,
          Unary.Function.TANH,
          Unary.Function.SILU,
          Unary.Function.GELU,
          Unary.Function.GELU_TANH,
          Unary.Function.RELU);
  private static final List<Binary.Function> ARITHMETIC =
      List.of(
          Binary.Function.ADD,
          Binary.Function.ADD,
          Binary.Function.SUB,
          Binary.Function.MUL,
          Binary.Function.MAX,
          Binary.Function.MIN);
  private static final List<DType> FORMATS =
      List.of(DType.F32, DType.F16, DType.BF16, DType.Q4_0, DType.Q8_0, DType.Q5_1, DType.IQ4_NL);

  private final long seed;
  private final Set<String> excluded;
  private final Random random;
  private final Data data;
  private final GraphBuilder graph;
  private final Dim tokens = Dim.symbol(Batch.TOKENS, 1, 4096);
  private final List<Value> pool = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();
  private final Value positions;
  private final Value sequences;
  private int constants;
  private int states;

  /**
   * @param excluded op types not to use
   */
  RandomGraph(long seed, Set<String> excluded) {
    this.seed = seed;
    this.excluded = excluded;
    random = new Random(seed);
    data = new Data("fuzz" + seed);
    graph = new GraphBuilder("fuzz-" + seed);
    positions = graph.input(Batch.POSITIONS, DType.I32, tokens);
    sequences = graph.input(Batch.SEQUENCES, DType.I32, tokens);
    for (int i = 0; i < 2; i++) {
      Value x = graph.input("x" + i, DType.F32, tokens, Dim.of(pick(WIDTHS)));
      inputs.add(x);
      pool.add(x);
    }
  }

  Scenario scenario() {
    int nodes = 3 + random.nextInt(12);
    List<Value> made = new ArrayList<>();
    for (int tries = 0; made.size() < nodes && tries < 200; tries++) {
      Value value = grow();
      if (value != null) {
        made.add(value);
        pool.add(value);
      }
    }
    // The last value, and now and then an inner one, so that fusions must keep it.
    graph.output(made.getLast());
    for (Value value : made.subList(0, made.size() - 1)) {
      if (random.nextInt(4) == 0) {
        graph.output(value);
      }
    }
    Graph built = graph.build();
    List<Step> steps = steps();
    return new Scenario(built, steps, NoiseBound.of(built, steps, seed));
  }

  private List<Step> steps() {
    int sequenceCount = 1 + random.nextInt(2);
    Map<Integer, Integer> next = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    for (int size : new int[] {1 + random.nextInt(9), 1, 1 + random.nextInt(5)}) {
      List<Step.Token> batch = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int sequence = random.nextInt(sequenceCount);
        int position = next.merge(sequence, 1, Integer::sum) - 1;
        batch.add(new Step.Token(0, position, sequence, false));
      }
      Map<String, Array> tensors = new HashMap<>();
      for (Value input : inputs) {
        tensors.put(input.name(), data.normal(size, width(input)));
      }
      steps.add(new Step(batch, tensors));
    }
    return steps;
  }

  /** One more node, or null when the choice does not fit. */
  private Value grow() {
    Value x = pool.get(random.nextInt(pool.size()));
    return switch (random.nextInt(16)) {
      case 0 -> add(new Unary(pick(FUNCTIONS)), x);
      case 1, 2 -> binary(x);
      case 3, 4, 5 -> product(x);
      case 6 -> normalization(x);
      case 7 -> gated(x);
      case 8 -> slice(x);
      case 9 -> concat(x);
      case 10 -> turn(x);
      case 11 -> rotary(x);
      case 12, 13 -> attention(x);
      case 14 -> reduce(x);
      default -> experts(x);
    };
  }

  private Value add(Op op, Value... operands) {
    return excluded.contains(op.type())
        ? null
        : graph.node(op.type().toLowerCase(Locale.ROOT), op, operands);
  }

  private Value binary(Value x) {
    Binary op = new Binary(pick(ARITHMETIC));
    List<Value> fitting = pool.stream().filter(y -> y.type().equals(x.type())).toList();
    if (random.nextInt(4) == 0 && isMatrix(x)) {
      return add(op, x, constant(data.normal(width(x))));
    }
    return add(op, x, fitting.get(random.nextInt(fitting.size())));
  }

  private Value product(Value x) {
    if (!isMatrix(x)) {
      return null;
    }
    List<DType> fitting =
        FORMATS.stream().filter(format -> width(x) % format.blockElements() == 0).toList();
    DType format = fitting.get(random.nextInt(fitting.size()));
    Value w = graph.constant("w" + constants++, data.modelWeights(format, pick(WIDTHS), width(x)));
    return add(new MatMul(true), x, w);
  }

  private Value normalization(Value x) {
    int width = lastWidth(x);
    Value scale = graph.constant("s" + constants++, data.scales(width));
    return switch (random.nextInt(3)) {
      case 0 -> add(new RmsNormalization(1e-3), x, scale);
      case 1 -> add(new LayerNormalization(1e-3), x, scale, constant(data.normal(width)));
      default -> add(new Softmax(-1), x);
    };
  }

  private Value gated(Value x) {
    List<Value> fitting = pool.stream().filter(y -> y.type().equals(x.type())).toList();
    return add(
        new GatedActivation(Unary.Function.SILU), x, fitting.get(random.nextInt(fitting.size())));
  }

  private Value slice(Value x) {
    int width = lastWidth(x);
    if (width < 8) {
      return null;
    }
    int length = random.nextBoolean() ? width / 2 : 1 + random.nextInt(width - 1);
    return add(new Slice(x.type().rank() - 1, random.nextInt(width - length + 1), length), x);
  }

  private Value concat(Value x) {
    List<Value> fitting =
        pool.stream()
            .filter(y ->
                y.type().rank() == x.type().rank()
                    && y.type()
                        .dims()
                        .subList(0, y.type().rank() - 1)
                        .equals(x.type().dims().subList(0, x.type().rank() - 1)))
            .toList();
    Value other = fitting.get(random.nextInt(fitting.size()));
    return lastWidth(x) + lastWidth(other) > 128
        ? null
        : add(new Concat(x.type().rank() - 1), x, other);
  }

  /** Splits rows into heads, or turns and joins them again. */
  private Value turn(Value x) {
    if (isMatrix(x)) {
      int width = width(x);
      if (width % 4 != 0) {
        return null;
      }
      Value split = add(new Reshape(List.of(tokens, Dim.of(4), Dim.of(width / 4))), x);
      return split == null || random.nextBoolean()
          ? split
          : add(new Transpose(List.of(0, 2, 1)), split);
    }
    long elements = x.type().dims().stream().skip(1).mapToLong(Dim::max).reduce(1, (a, b) -> a * b);
    return add(new Reshape(List.of(tokens, Dim.of(elements))), x);
  }

  private Value rotary(Value x) {
    if (!isMatrix(x) || width(x) % 8 != 0) {
      return null;
    }
    int turning = random.nextBoolean() ? 8 : 4;
    int offset = turning == 4 ? random.nextInt(5) : 0;
    double[] inverse =
        IntStream.range(0, turning / 2).mapToDouble(i -> (float) Math.pow(9, -i)).toArray();
    Value frequencies = constant(Array.ofFloats(Shape.of(inverse.length), inverse));
    RotaryEmbedding op =
        new RotaryEmbedding(width(x) / 8, 8, offset, turning, random.nextBoolean(), 1);
    return add(op, x, positions, frequencies);
  }

  private Value attention(Value x) {
    List<Value> matrices =
        pool.stream().filter(this::isMatrix).filter(y -> width(y) % 8 == 0).toList();
    if (!isMatrix(x) || width(x) % 8 != 0 || excluded.contains("Attention")) {
      return null;
    }
    Value k = matrices.get(random.nextInt(matrices.size()));
    int heads = width(x) / 8;
    int kvHeads = width(k) / 8;
    if (heads % kvHeads != 0) {
      return null;
    }
    List<Value> values = matrices.stream().filter(y -> width(y) % kvHeads == 0).toList();
    boolean view = random.nextInt(5) == 0;
    Value v = view ? Value.ABSENT : values.get(random.nextInt(values.size()));
    int window = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 0;
    DType stored = random.nextBoolean() ? DType.F32 : DType.F16;
    StateSpec spec =
        new StateSpec(kvHeads, 8, view ? 0 : width(v) / kvHeads, view ? 4 : 0, window, stored);
    boolean stateful = random.nextInt(3) > 0;
    boolean causal = stateful || random.nextBoolean();
    Optional<String> state = stateful ? Optional.of("kv." + states++) : Optional.empty();
    float softcap = random.nextInt(4) == 0 ? 10 : 0;
    state.ifPresent(name -> graph.state(name, spec));
    return add(
        new Attention(heads, spec, 0.3f, softcap, causal, state), x, k, v, positions, sequences);
  }

  private Value reduce(Value x) {
    Reduce op = new Reduce(Reduce.Function.MEAN, List.of(x.type().rank() - 1), true);
    return add(op, x);
  }

  private Value experts(Value x) {
    if (!isMatrix(x) || random.nextBoolean()) {
      return isMatrix(x) ? gather() : null;
    }
    MixtureOfExperts op =
        new MixtureOfExperts(
            4, 2, Unary.Function.SILU, MixtureOfExperts.Gating.SOFTMAX, random.nextBoolean(), 1);
    if (excluded.contains(op.type()) || excluded.contains("MatMul")) {
      return null;
    }
    int width = width(x);
    Value router = graph.constant("r" + constants++, data.weights(DType.F32, 4, width));
    Value logits = graph.linear("router", x, router);
    return add(
        op,
        x,
        logits,
        graph.constant("g" + constants++, data.modelWeights(DType.F32, 4, 16, width)),
        graph.constant("u" + constants++, data.modelWeights(DType.F32, 4, 16, width)),
        graph.constant("d" + constants++, data.modelWeights(DType.F32, 4, width, 16)));
  }

  /** Rows of a table by position: positions are the only integers at hand. */
  private Value gather() {
    DType format = pick(FORMATS);
    int width = 32 * (1 + random.nextInt(2));
    Value table = graph.constant("t" + constants++, data.modelWeights(format, 64, width));
    return add(new Gather(0), table, positions);
  }

  private Value constant(Array values) {
    return graph.constant("c" + constants++, Data.tensor(values));
  }

  private boolean isMatrix(Value value) {
    return value.type().rank() == 2 && lastWidth(value) > 1;
  }

  private static int width(Value value) {
    return Math.toIntExact(value.type().dim(1).max());
  }

  private static int lastWidth(Value value) {
    return Math.toIntExact(value.type().dim(-1).max());
  }

  private int pick(int[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
