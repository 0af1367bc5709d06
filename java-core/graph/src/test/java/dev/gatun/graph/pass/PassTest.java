package dev.gatun.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Unary.Function;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PassTest {
  private static final Dim T = Dim.symbol("tokens", 1, 8);
  private static final StateSpec SPEC = new StateSpec(1, 4, 4, 0, 0, DType.F32);

  /** x -> a -> b -> d, x -> c -> d. */
  private static GraphBuilder diamond() {
    GraphBuilder g = new GraphBuilder("diamond");
    Value x = g.input("x", DType.F32, T, Dim.of(4));
    Value w = g.constant("w", Tensor.ofFloats(Shape.of(4), 1, 2, 3, 4));
    Value a = g.unary("a", Function.NEG, x);
    Value b = g.mul("b", a, w);
    Value c = g.unary("c", Function.ABS, x);
    g.output(g.add("d", b, c));
    return g;
  }

  private static Graph withDeadParts() {
    GraphBuilder g = diamond();
    Value unused = g.constant("unused", Tensor.ofFloats(Shape.of(4), 1, 1, 1, 1));
    Value y = g.input("y", DType.F32, T, Dim.of(4));
    Value ids = g.input("ids", DType.I32, T);
    Value dead = g.mul("dead", y, unused);
    g.state("kv", SPEC);
    g.attention("deader", op("kv"), dead, dead, dead, ids, ids);
    return g.build();
  }

  private static Attention op(String state) {
    return new Attention(1, SPEC, 1, 0, true, Optional.of(state));
  }

  /** {@code x (0.5 (1 + tanh(sqrt(2 / pi) (x + factor x x x))))}. */
  private static Graph tanhGelu(float factor) {
    GraphBuilder g = new GraphBuilder("gelu");
    Value x = g.input("x", DType.F32, T, Dim.of(4));
    Value cube = g.mul("c", x, g.mul("b", x, g.mul("a", number(g, "k", factor), x)));
    Value inner = g.mul("e", number(g, "p", (float) Math.sqrt(2 / Math.PI)), g.add("d", x, cube));
    Value sum = g.add("f", number(g, "one", 1), g.unary("t", Function.TANH, inner));
    g.output(g.mul("y", x, g.mul("h", number(g, "half", 0.5f), sum)));
    return g.build();
  }

  private static Value number(GraphBuilder g, String name, float value) {
    return g.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  @Test
  void geluByTanhIsOneOp() {
    Graph fused = GraphVerifier.verify(GraphOptimizer.apply(tanhGelu(0.044715f)));
    assertEquals(1, fused.nodes().size());
    assertEquals(new Unary(Function.GELU_TANH), fused.nodes().getFirst().op());
    assertEquals(9, GraphOptimizer.apply(tanhGelu(0.05f)).nodes().size());
  }

  @Test
  void deadCodeGoesInputsStay() {
    Graph whole = GraphVerifier.verify(withDeadParts());
    Graph live = GraphVerifier.verify(DeadCodeElimination.apply(whole));
    assertEquals(Set.of("a", "b", "c", "d"), names(live));
    assertEquals(List.of("w"), live.constants().stream().map(c -> c.value().name()).toList());
    assertEquals(List.of(), live.states());
    assertEquals(List.of("x", "y", "ids"), live.inputs().stream().map(Value::name).toList());
    assertEquals("d", live.outputs().getFirst().name());
    Graph clean = diamond().build();
    assertSame(clean, DeadCodeElimination.apply(clean));
  }

  @Test
  void extractionKeepsNamesAndStates() {
    Graph whole = withDeadParts();
    Graph slice = GraphVerifier.verify(Extraction.of(whole, set(whole, "b", "d"), "part"));
    assertEquals(List.of("a", "c"), slice.inputs().stream().map(Value::name).toList());
    assertEquals(List.of("d"), slice.outputs().stream().map(Value::name).toList());
    assertEquals(Set.of("b", "d"), names(slice));
    assertEquals(whole.output("d").type(), slice.output("d").type());
    Graph first = GraphVerifier.verify(Extraction.of(whole, set(whole, "a", "c"), "first"));
    assertEquals(List.of("a", "c"), first.outputs().stream().map(Value::name).toList());
    Graph needed = GraphVerifier.verify(Extraction.of(whole, set(whole, "dead"), "dead"));
    assertEquals(List.of("dead"), needed.outputs().stream().map(Value::name).toList());
    Graph attention = Extraction.of(whole, set(whole, "deader"), "attention");
    assertEquals(List.of(new State("kv", SPEC)), attention.states());
    assertEquals(List.of("dead", "ids"), attention.inputs().stream().map(Value::name).toList());
  }

  @Test
  void extractionRefusesWhatIsNotConvex() {
    Graph whole = diamond().build();
    GraphException e =
        assertThrows(
            GraphException.class, () -> Extraction.of(whole, set(whole, "a", "d"), "holes"));
    assertTrue(e.getMessage().contains("'d'"), e.getMessage());
    assertThrows(GraphException.class, () -> Extraction.of(whole, new BitSet(), "empty"));
  }

  @Test
  void setsAreConvexDisjointAndInOrder() {
    Graph whole = diamond().build();
    List<BitSet> sets = ConvexSets.of(whole, node -> !node.name().equals("b"));
    assertEquals(List.of(set(whole, "a", "c"), set(whole, "d")), sets);
    sets.forEach(each -> GraphVerifier.verify(Extraction.of(whole, each, "part")));
    assertEquals(List.of(set(whole, "a", "b", "c", "d")), ConvexSets.of(whole, node -> true));
    assertEquals(List.of(), ConvexSets.of(whole, node -> false));
  }

  @Test
  void verifierNamesWhatIsWrong() {
    GraphBuilder g = new GraphBuilder("bad");
    Value x = g.input("x", DType.F32, T, Dim.of(4));
    Value ids = g.input("ids", DType.I32, T);
    g.output(g.attention("att", op("missing"), x, x, x, ids, ids));
    problem(g.build(), "state 'missing', which does not exist");

    GraphBuilder h = new GraphBuilder("bad");
    Value y = h.input("x", DType.F32, T, Dim.of(4));
    Value more = h.input("ids", DType.I32, T);
    h.state("kv", new StateSpec(1, 4, 4, 0, 7, DType.F32));
    h.state("kv", SPEC);
    h.output(h.attention("att", op("kv"), y, y, y, more, more));
    Graph twice = h.build();
    problem(twice, "two states are called 'kv'");
    problem(twice, "takes state 'kv' for");
    assertThrows(GraphException.class, () -> GraphVerifier.verify(twice));

    GraphBuilder none = new GraphBuilder("none");
    none.input("x", DType.F32, T);
    problem(none.build(), "there is no output");
  }

  @Test
  void verifierLooksIntoSubgraphs() {
    GraphBuilder body = new GraphBuilder("body");
    Value z = body.input("z", DType.F32, T, Dim.of(4));
    Value in = body.input("in", DType.I32, T);
    body.state("inner", SPEC);
    body.output(body.attention("att", op("inner"), z, z, z, in, in));
    Graph inner = body.build();
    GraphBuilder outer = new GraphBuilder("outer");
    Value condition = outer.input("condition", DType.BOOL);
    Value q = outer.input("q", DType.F32, T, Dim.of(4));
    Value i = outer.input("i", DType.I32, T);
    outer.output(outer.node("if", new If(inner, inner), condition, q, i));
    problem(outer.build(), "state 'inner' is not one of outer");
  }

  private static void problem(Graph graph, String text) {
    List<String> problems = GraphVerifier.problems(graph);
    assertTrue(problems.stream().anyMatch(each -> each.contains(text)), problems::toString);
  }

  @Test
  void builderKeepsNamesUniqueAndValuesItsOwn() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", DType.F32, T);
    Value a = g.scope("blk.0.").unary("n", Function.NEG, x);
    Value b = g.unary("n", Function.NEG, a);
    assertEquals("blk.0.n", a.name());
    assertEquals("blk.0.n#2", b.name());
    Value foreign = new GraphBuilder("other").input("f", DType.F32, T);
    GraphException e =
        assertThrows(GraphException.class, () -> g.unary("m", Function.NEG, foreign));
    assertTrue(e.getMessage().contains("'blk.0.m'"), e.getMessage());
    assertThrows(GraphException.class, () -> g.output(foreign));
    e =
        assertThrows(
            GraphException.class,
            () -> g.node("bad", new Binary(Binary.Function.ADD), x, Value.ABSENT));
    assertTrue(e.getMessage().startsWith("node 'blk.0.bad': Add: input 1"), e.getMessage());
    g.output(b);
    Graph built = g.build();
    assertThrows(IllegalStateException.class, g::build);
    assertEquals(x, built.input("x"));
    assertThrows(GraphException.class, () -> built.input("y"));
    assertThrows(GraphException.class, () -> built.state("kv"));
    assertEquals(Optional.of("blk.0.n"), built.producer(a).map(Node::name));
    assertEquals(Optional.<Constant>empty(), built.constant(x));
  }

  @Test
  void printShowsEveryLine() {
    assertEquals(
        """
        graph diamond (tokens 1..8)
          input x:F32[tokens, 4]
          constant w:F32[4]
          a:F32[tokens, 4] = Unary[function=NEG](x)
          b:F32[tokens, 4] = Binary[function=MUL](a, w)
          c:F32[tokens, 4] = Unary[function=ABS](x)
          d:F32[tokens, 4] = Binary[function=ADD](b, c)
          output d
        """,
        GraphPrinter.print(diamond().build()));
    assertTrue(
        GraphPrinter.print(withDeadParts()).contains("state kv: 1 heads, key 4, value 4, F32"));
  }

  private static Set<String> names(Graph graph) {
    return graph.nodes().stream().map(Node::name).collect(Collectors.toSet());
  }

  private static BitSet set(Graph graph, String... names) {
    BitSet set = new BitSet();
    for (Node node : graph.nodes()) {
      if (Set.of(names).contains(node.name())) {
        set.set(node.id());
      }
    }
    return set;
  }
}
