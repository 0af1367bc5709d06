package dev.gatun.qnnbackend.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Windows;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import dev.gatun.qnn.Quantization.NarrowPerAxis;
import dev.gatun.qnn.Quantization.PerAxis;
import dev.gatun.qnn.Quantization.PerTensor;
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

  private static Tensor bytes(DType dtype, Shape shape, int... values) {
    byte[] data = new byte[values.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) values[i];
    }
    return new Tensor(dtype, shape, MemorySegment.ofArray(data));
  }

  private static Value pair(GraphBuilder builder, String name, Value x, float scale, int zero) {
    Value s = builder.scalar(name + ".scale", scale);
    Value z = builder.constant(name + ".zero", bytes(DType.U8, Shape.of(), zero));
    Value codes = builder.node(name + ".codes", new QuantizeLinear(0, 0, DType.U8), x, s, z);
    return builder.node(name, new DequantizeLinear(0, 0), codes, s, z);
  }

  /** A product and a maximum of codes, and an exponential between a Dequantize and a Quantize. */
  private static Graph coded() {
    GraphBuilder builder = new GraphBuilder("coded");
    Value x = builder.input("x", DType.F32, Dim.of(3), Dim.of(2));
    Value w = builder.constant("w", bytes(DType.I8, Shape.of(2, 2), 127, -2, 64, 127));
    Value scales = builder.constant("w.scale", Tensor.ofFloats(Shape.of(2), 0.5f, 2));
    Value weights = builder.node("weights", new DequantizeLinear(1, 0), w, scales);
    Value product =
        builder.node("product", new MatMul(false), pair(builder, "x'", x, 0.25f, 7), weights);
    Value rounded = pair(builder, "product'", product, 0.5f, 100);
    Value most =
        builder.node("most", new Binary(Binary.Function.MAX), rounded, builder.scalar("zero", 0));
    Value exponential =
        builder.node("exp", new Unary(Unary.Function.EXP), pair(builder, "most'", most, 0.5f, 100));
    builder.output(builder.mul("y", pair(builder, "exp'", exponential, 1, 0), rounded));
    return builder.build();
  }

  @Test
  void pairsBecomeCodes() {
    LoweredGraph lowered = Lowering.lower(coded(), at(Map.of()));
    assertEquals(
        List.of(
            "Quantize",
            "FullyConnected",
            "ElementWiseMaximum",
            "Dequantize",
            "ElementWiseExp",
            "Dequantize",
            "ElementWiseMultiply"),
        types(lowered));
    QnnOp product = lowered.ops().get(1);
    assertEquals(Optional.of(new PerTensor(0.25f, -7)), product.inputs().get(0).quantization());
    assertEquals(
        Optional.of(new PerTensor(0.5f, -100)), product.outputs().getFirst().quantization());
    QnnTensor weights = product.inputs().get(1);
    assertEquals(Elements.CODES_I8, weights.elements());
    PerAxis scales = (PerAxis) weights.quantization().orElseThrow();
    assertEquals(0, scales.axis());
    assertEquals(0.5f, scales.channels().get(0).scale(), 1e-6f);
    assertEquals(2f, scales.channels().get(1).scale(), 1e-6f);
    assertArrayEquals(new byte[] {127, 64, -2, 127}, written(weights));
    // A maximum compares codes: the constant has those of the other one.
    QnnTensor zero = lowered.ops().get(2).inputs().get(1);
    assertEquals(Optional.of(new PerTensor(0.5f, -100)), zero.quantization());
    assertArrayEquals(new byte[] {100}, written(zero));
    assertEquals(Elements.F16, lowered.ops().getLast().outputs().getFirst().elements());
  }

  @Test
  void weightsOfFourBitsStayThat() {
    GraphBuilder builder = new GraphBuilder("narrow");
    Value x = builder.input("x", DType.F32, Dim.of(3), Dim.of(2));
    Value w = builder.constant("w", bytes(DType.I8, Shape.of(2, 2), 7, -8, -1, 3));
    Value scales = builder.constant("w.scale", Tensor.ofFloats(Shape.of(2), 0.5f, 2));
    Value weights = builder.node("weights", new DequantizeLinear(1, 0), w, scales);
    Value product =
        builder.node("product", new MatMul(false), pair(builder, "x'", x, 0.25f, 7), weights);
    builder.output(pair(builder, "y", product, 0.5f, 100));
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of()));
    QnnOp op =
        lowered.ops().stream().filter(each -> each.type().equals("FullyConnected")).findAny().get();
    QnnTensor narrow = op.inputs().get(1);
    assertEquals(Elements.CODES_I8, narrow.elements());
    assertEquals(new NarrowPerAxis(4, 0, List.of(0.5f, 2f)), narrow.quantization().orElseThrow());
    // In the low bits: 7 and -1, then -8 and 3.
    assertArrayEquals(new byte[] {7, 15, 8, 3}, written(narrow));
  }

  @Test
  void weightsThatAreNoCodesStayHalves() {
    GraphBuilder builder = new GraphBuilder("floats");
    Value x = builder.input("x", DType.F32, Dim.of(3), Dim.of(6));
    float[] values = {1, 0.123456f, 0.71234f, -0.5123f, 0.314159f, 0.271828f};
    Value w = builder.constant("w", Tensor.ofFloats(Shape.of(6, 1), values));
    Value product = builder.node("product", new MatMul(false), pair(builder, "x'", x, 0.25f, 7), w);
    builder.output(pair(builder, "y", product, 0.5f, 100));
    LoweredGraph lowered = Lowering.lower(builder.build(), at(Map.of()));
    assertEquals(List.of("FullyConnected"), types(lowered));
    assertEquals(Elements.F16, lowered.ops().getFirst().inputs().get(1).elements());
  }

  @Test
  void whatIsObservedIsNotFusedAway() {
    Set<String> names = Set.of("most");
    LoweredGraph lowered =
        Lowering.lower(coded(), new LoweringOptions(Map.of(), Elements.F16, 8, names));
    assertEquals(2, lowered.sinks().size());
    BackendException e =
        assertThrows(
            BackendException.class,
            () ->
                Lowering.lower(
                    coded(), new LoweringOptions(Map.of(), Elements.F16, 8, Set.of("x'.codes"))));
    assertTrue(e.getMessage().contains("x'.codes"), e.getMessage());
  }

  private static byte[] written(QnnTensor tensor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(tensor.bytes(), 8);
      tensor.content().orElseThrow().write(target);
      return target.toArray(ValueLayout.JAVA_BYTE);
    }
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
