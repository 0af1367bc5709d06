package dev.gatun.graph.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each op's reference against NumPy; see the README beside {@code reference.txt}. */
class ReferenceTest {
  /** One op with inputs and the outputs that NumPy gives. */
  private record Golden(String name, Map<String, Array> inputs, List<Array> outputs) {}

  @TestFactory
  Stream<DynamicTest> numpy() throws IOException {
    List<Golden> goldens = read();
    assertTrue(goldens.size() > 60);
    return goldens.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
  }

  private static void check(Golden golden) {
    GraphBuilder g = new GraphBuilder(golden.name());
    List<Value> inputs = new ArrayList<>();
    golden
        .inputs()
        .forEach((name, array) -> {
          Dim[] dims = Arrays.stream(array.shape().toArray()).mapToObj(Dim::of).toArray(Dim[]::new);
          inputs.add(g.input(name, array.dtype(), dims));
        });
    if (golden.name().equals("attention view")) {
      inputs.add(2, Value.ABSENT);
    }
    Op op = op(golden.name().split(" "));
    g.nodes("y", op, inputs).forEach(g::output);
    Graph graph = g.build();
    Map<String, Array> actual =
        new ReferenceInterpreter(graph)
            .run(golden.inputs(), new ReferenceStates(List.of()), Set.of());
    Array expected = golden.outputs().getFirst();
    Array y = actual.get("y");
    assertEquals(expected.shape(), y.shape());
    for (int i = 0; i < expected.values().length; i++) {
      double want = expected.values()[i];
      assertEquals(want, y.values()[i], 1e-13 * Math.max(1, Math.abs(want)), "element " + i);
    }
  }

  private static Op op(String[] words) {
    return switch (words[0]) {
      case "unary" -> new Unary(Unary.Function.valueOf(words[1]));
      case "binary" -> new Binary(Binary.Function.valueOf(words[1]));
      case "reduce" ->
          new Reduce(
              Reduce.Function.valueOf(words[1]),
              Arrays.stream(words[2].split(",")).map(Integer::valueOf).toList(),
              words[3].equals("keep"));
      case "softmax" -> new Softmax(Integer.parseInt(words[1]));
      case "matmul" -> new MatMul(words[1].equals("transposed"));
      case "gather" -> new Gather(Integer.parseInt(words[1]));
      case "transpose" ->
          new Transpose(Arrays.stream(words[1].split(",")).map(Integer::valueOf).toList());
      case "concat" -> new Concat(Integer.parseInt(words[1]));
      case "slice" ->
          new Slice(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
      case "layernorm" -> new LayerNormalization(0.001);
      case "rmsnorm" -> new RmsNormalization(0.001);
      case "gated" -> new GatedActivation(Unary.Function.SILU);
      case "rope" ->
          new RotaryEmbedding(
              2,
              8,
              Integer.parseInt(words[1]),
              4,
              Boolean.parseBoolean(words[2]),
              Float.parseFloat(words[3]));
      case "attention" -> attention(words);
      case "experts" ->
          new MixtureOfExperts(
              6,
              Integer.parseInt(words[1]),
              Unary.Function.SILU,
              Boolean.parseBoolean(words[2]) ? Gating.SIGMOID : Gating.SOFTMAX,
              Boolean.parseBoolean(words[3]),
              1.5f);
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static Op attention(String[] words) {
    if (words[1].equals("view")) {
      StateSpec latent = new StateSpec(1, 6, 0, 4, 0, DType.F32);
      return new Attention(3, latent, 0.5f, 0, true, Optional.empty());
    }
    StateSpec spec = new StateSpec(2, 4, 3, 0, Integer.parseInt(words[3]), DType.F32);
    return new Attention(
        4,
        spec,
        0.5f,
        Float.parseFloat(words[2]),
        Boolean.parseBoolean(words[1]),
        Optional.empty());
  }

  private static List<Golden> read() throws IOException {
    List<Golden> goldens = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ReferenceTest.class.getResourceAsStream("reference.txt")),
                StandardCharsets.UTF_8))) {
      for (String line : reader.lines().toList()) {
        if (line.startsWith("case ")) {
          goldens.add(new Golden(line.substring(5), new LinkedHashMap<>(), new ArrayList<>()));
          continue;
        }
        String[] words = line.split(" ");
        Array array = array(words);
        if (words[0].equals("in")) {
          goldens.getLast().inputs().put(words[1], array);
        } else {
          goldens.getLast().outputs().add(array);
        }
      }
    }
    return goldens;
  }

  private static Array array(String[] words) {
    long[] dims =
        words[3].equals("-")
            ? new long[0]
            : Arrays.stream(words[3].split(",")).mapToLong(Long::parseLong).toArray();
    double[] values = Arrays.stream(words).skip(5).mapToDouble(Double::parseDouble).toArray();
    return new Array(DType.valueOf(words[2]), Shape.of(dims), values);
  }

  @Test
  void castsRoundAsTheirTypesDo() {
    double[] x = {1.00048828125, 1.0009765625 + 1e-9, 65519.99, 65520, 0x1p-25, -2.7, 3e9};
    assertArrayEquals(
        new double[] {1, 1.0009765625, 65504, Double.POSITIVE_INFINITY, 0, -2.69921875, 1 / 0.0},
        cast(DType.F16, x));
    assertArrayEquals(
        new double[] {1, 1, 65536, 65536, 0x1p-25, -2.703125, 3003121664.0}, cast(DType.BF16, x));
    // Rounding twice, to single first, would give 1.
    assertArrayEquals(
        new double[] {1.0009765625}, cast(DType.F16, new double[] {1.00048828125 + 1e-12}));
    assertArrayEquals(
        new double[] {1, -2, 0, 1.5e9}, cast(DType.I32, new double[] {1.9, -2.9, -0.5, 1.5e9}));
    assertArrayEquals(new double[] {0, 1, 1, 1}, cast(DType.BOOL, new double[] {0, 0.1, -3, 1e30}));
    assertArrayEquals(new double[] {(float) 0.1}, cast(DType.F32, new double[] {0.1}));
  }

  private static double[] cast(DType to, double... x) {
    GraphBuilder g = new GraphBuilder("cast");
    g.output(g.node("y", new Cast(to), g.input("x", DType.F64, Dim.of(x.length))));
    Array input = new Array(DType.F64, Shape.of(x.length), x);
    return new ReferenceInterpreter(g.build())
        .run(Map.of("x", input), new ReferenceStates(List.of()), Set.of())
        .get("y")
        .values();
  }

  @Test
  void badContentIsRefusedByName() {
    GraphBuilder g = new GraphBuilder("g");
    Value table = g.input("table", DType.F32, Dim.of(3), Dim.of(2));
    Value index = g.input("index", DType.I32, Dim.symbol("n", 0, 9));
    g.output(g.gather("pick", table, index));
    Graph graph = g.build();
    Array rows = Array.ofFloats(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
    for (double bad : new double[] {3, -4}) {
      refuses("'pick'", graph, Map.of("table", rows, "index", ints(bad)));
    }
    refuses("'index'", graph, Map.of("table", rows));
    refuses("table", graph, Map.of("table", ints(1, 2), "index", ints(1)));
    refuses(
        "'table'",
        graph,
        Map.of("table", Array.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6), "index", ints(1)));
    refuses("'index'", graph, Map.of("table", rows, "index", ints(new double[10])));
    GraphException e =
        assertThrows(
            GraphException.class,
            () ->
                new ReferenceInterpreter(graph)
                    .run(
                        Map.of("table", rows, "index", ints(1)),
                        new ReferenceStates(List.of()),
                        Set.of("absent")));
    assertTrue(e.getMessage().contains("'absent'"), e.getMessage());
  }

  private static void refuses(String name, Graph graph, Map<String, Array> inputs) {
    GraphException e =
        assertThrows(
            GraphException.class,
            () ->
                new ReferenceInterpreter(graph)
                    .run(inputs, new ReferenceStates(List.of()), Set.of()));
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  private static Array ints(double... values) {
    return new Array(DType.I32, Shape.of(values.length), values);
  }
}
