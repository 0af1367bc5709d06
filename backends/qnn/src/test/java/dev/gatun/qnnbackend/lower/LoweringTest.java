package dev.gatun.qnnbackend.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Windows;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TinyModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Graphs as operators, without the library. */
class LoweringTest {
  private static LoweringOptions at(Map<String, Long> sizes) {
    return new LoweringOptions(sizes, Elements.F16, 8, Set.of());
  }

  private static List<String> types(LoweredGraph lowered) {
    return lowered.ops().stream().map(QnnOp::type).toList();
  }

  @Test
  void sizesBecomeFixedAndWeightsHalves() {
    GraphBuilder builder = new GraphBuilder("product");
    Value x = builder.input("x", DType.F32, Dim.symbol("rows", 1, 100), Dim.of(2));
    Value w = builder.constant("w", Tensor.ofFloats(Shape.of(3, 2), 1, 2, 3, 4, 5, 1e9f));
    builder.output(builder.node("y", new MatMul(true), x, w));
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of("rows", 7L)));
    assertEquals(List.of("FullyConnected"), types(lowered));
    QnnOp op = lowered.ops().getFirst();
    assertEquals(List.of(7, 2), op.inputs().get(0).dims());
    assertEquals(List.of(7, 3), op.outputs().getFirst().dims());
    assertEquals(Role.OUTPUT, op.outputs().getFirst().role());
    QnnTensor weights = op.inputs().get(1);
    assertEquals(List.of(3, 2), weights.dims());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment halves = arena.allocate(weights.bytes(), 8);
      weights.content().orElseThrow().write(halves);
      assertEquals(4f, Float.float16ToFloat(halves.getAtIndex(ValueLayout.JAVA_SHORT, 3)));
      // What has no half is the largest one.
      assertEquals(65504f, Float.float16ToFloat(halves.getAtIndex(ValueLayout.JAVA_SHORT, 5)));
    }
  }

  @Test
  void channelsStayLastBetweenConvolutions() {
    GraphBuilder builder = new GraphBuilder("convolutions");
    Value x = builder.input("x", DType.F32, Dim.of(1), Dim.of(2), Dim.of(5), Dim.of(5));
    Value w = builder.constant("w", Tensor.ofFloats(Shape.of(2, 2, 1, 1), 1, 2, 3, 4));
    List<Long> ones = List.of(1L, 1L);
    List<Long> none = List.of(0L, 0L);
    Windows windows = new Windows(ones, ones, ones, none, none, Windows.Auto.NOTSET, false);
    Value first = builder.node("first", new Conv(windows, 1), x, w);
    Value between = builder.node("between", new Unary(Unary.Function.RELU), first);
    builder.output(builder.node("second", new Conv(windows, 1), between, w));
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of()));
    assertEquals(List.of("Transpose", "Conv2d", "Relu", "Conv2d", "Transpose"), types(lowered));
  }

  /** The sum of the squares of 512 numbers is often beyond half precision, their mean is not. */
  @Test
  void aSumThatIsScaledBecomesAMean() {
    GraphBuilder builder = new GraphBuilder("moments");
    Value x = builder.input("x", DType.F32, Dim.of(2), Dim.of(512));
    Value sum = builder.node("sum", new Reduce(Reduce.Function.SUM, List.of(1), false), x);
    builder.output(builder.mul("mean", sum, builder.scalar("count", 1 / 512f)));
    builder.output(builder.mul("double", sum, builder.scalar("twice", 2 / 512f)));
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of()));
    assertEquals(2, types(lowered).stream().filter("ReduceMean"::equals).count());
    assertEquals(1, types(lowered).stream().filter("ElementWiseMultiply"::equals).count());
  }

  @Test
  void whatAnotherVersionLowersInAnotherWayHasAnotherDescription() {
    String two = Lowering.lower(scaled(2), at(Map.of())).description();
    assertEquals(two, Lowering.lower(scaled(2), at(Map.of())).description());
    assertNotEquals(two, Lowering.lower(scaled(3), at(Map.of())).description());
  }

  private static Graph scaled(float factor) {
    GraphBuilder builder = new GraphBuilder("scaled");
    Value x = builder.input("x", DType.F32, Dim.of(4));
    builder.output(builder.mul("y", x, builder.scalar("factor", factor)));
    return builder.build();
  }

  @Test
  void aStateIsInputsAndOutputs() {
    Graph graph = TinyModel.of(TinyModel.Kind.LLAMA).graph();
    LoweredGraph lowered = Lowering.lower(graph, at(Map.of("tokens", 4L, "rows", 1L)));
    long stored = lowered.feeds().stream().filter(Feed.Stored.class::isInstance).count();
    long news = lowered.sinks().stream().filter(Sink.News.class::isInstance).count();
    assertEquals(2L * graph.states().size(), stored);
    assertEquals(stored, news);
    // One mask and one pair of angles for all layers.
    assertEquals(1, lowered.feeds().stream().filter(Feed.Mask.class::isInstance).count());
    assertEquals(2, lowered.feeds().stream().filter(Feed.Angles.class::isInstance).count());
    Feed.Mask mask =
        (Feed.Mask)
            lowered.feeds().stream().filter(Feed.Mask.class::isInstance).findFirst().orElseThrow();
    assertEquals(List.of(4, 12), mask.tensor().dims());
  }

  @Test
  void anOutputThatNothingComputesIsCopied() {
    GraphBuilder builder = new GraphBuilder("through");
    Value x = builder.input("x", DType.F32, Dim.of(3));
    builder.output(x);
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of()));
    assertEquals(List.of("Reshape"), types(lowered));
    assertInstanceOf(Feed.Input.class, lowered.feeds().getFirst());
  }

  @Test
  void whatIsRefusedIsNamed() {
    GraphBuilder builder = new GraphBuilder("refused");
    Value x = builder.input("x", DType.F32, Dim.of(3));
    builder.output(builder.node("rounded", new Cast(DType.F16), x));
    Graph graph = builder.build();
    BackendException e =
        assertThrows(BackendException.class, () -> Lowering.lower(graph, at(Map.of())));
    assertTrue(e.getMessage().contains("'rounded'"), e.getMessage());
    Acceptance acceptance = new Acceptance(graph, at(Map.of()), op -> Optional.empty());
    assertTrue(acceptance.refusal(graph.nodes().getFirst()).orElseThrow().contains("F16"));
  }

  @Test
  void theLibraryHasTheLastWord() {
    GraphBuilder builder = new GraphBuilder("last word");
    Value x = builder.input("x", DType.F32, Dim.of(3));
    builder.output(builder.node("y", new Unary(Unary.Function.EXP), x));
    Graph graph = builder.build();
    Acceptance acceptance =
        new Acceptance(graph, at(Map.of()), op -> Optional.of("no " + op.type()));
    assertEquals(
        "QNN refuses ElementWiseExp on [F16[3]]: no ElementWiseExp",
        acceptance.refusal(graph.nodes().getFirst()).orElseThrow());
  }
}
