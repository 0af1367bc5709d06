package dev.gatun.openvinobackend.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Graph in, bytes out: without OpenVINO. */
class LoweringTest {
  private static LoweredModel lower(Graph graph, StateMode mode, Arena arena) {
    return lower(graph, mode, LoweringOptions.Part.ALL, arena);
  }

  private static LoweredModel lower(
      Graph graph, StateMode mode, LoweringOptions.Part part, Arena arena) {
    return Lowering.lower(
        graph,
        new LoweringOptions(mode, Set.of(), Map.of(), part, LoweringOptions.Minima.APART),
        arena);
  }

  /** What an expression's first group finds in the model's text. */
  private static List<String> all(LoweredModel model, String expression) {
    return Pattern.compile(expression)
        .matcher(model.ir().xml())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static long layers(LoweredModel model, String type) {
    return all(model, "<layer [^>]* type=\"(" + type + ")\"").size();
  }

  private static Graph product(DType dtype, Arena arena) {
    GraphBuilder builder = new GraphBuilder("a & \"b\"");
    MemorySegment data = arena.allocate(dtype.byteSize(3 * 64));
    float[] values = new float[3 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 13 - 6;
    }
    BlockFormat.of(dtype).encode(values, 0, data, 0, values.length);
    Value x = builder.input("x", DType.F32, Dim.symbol("n", 1, 9), Dim.of(64));
    Value w = builder.constant("w", new Tensor(dtype, Shape.of(3, 64), data));
    builder.output(builder.linear("y", x, w));
    return builder.build();
  }

  @Test
  void everyEdgeJoinsLayersThatAreThere() {
    try (Arena arena = Arena.ofShared()) {
      LoweredModel model = lower(product(DType.Q4_1, arena), StateMode.REQUEST, arena);
      assertTrue(model.ir().xml().contains("<net name=\"a &amp; &quot;b&quot;\""));
      List<String> layers = all(model, "<layer id=\"(\\d+)\"");
      Set<String> ids = new HashSet<>(layers);
      assertEquals(layers.size(), ids.size());
      List<String> from = all(model, "from-layer=\"(\\d+)\"");
      assertTrue(from.size() > 5);
      assertTrue(ids.containsAll(from));
      assertTrue(ids.containsAll(all(model, "to-layer=\"(\\d+)\"")));
    }
  }

  @Test
  void fourBitWeightsStayFourBits() {
    try (Arena arena = Arena.ofShared()) {
      LoweredModel model = lower(product(DType.Q4_0, arena), StateMode.REQUEST, arena);
      List<String> offsets =
          all(model, "element_type=\"i4\" shape=\"3,2,32\" offset=\"(\\d+)\" size=\"96\"");
      assertEquals(1, offsets.size());
      // The first block holds -6, -5 … 6, -6 …: its scale is -6 / -8.
      byte first =
          model.ir().weights().get(ValueLayout.JAVA_BYTE, Long.parseLong(offsets.getFirst()));
      assertEquals(-8, first << 28 >> 28);
    }
  }

  @Test
  void minimaComeApartOrAsColumnsOrNotAtAll() {
    try (Arena arena = Arena.ofShared()) {
      Graph graph = product(DType.Q4_1, arena);
      LoweredModel apart = minima(graph, LoweringOptions.Minima.APART, arena);
      assertEquals(2, layers(apart, "MatMul"));
      assertEquals(1, all(apart, "element_type=\"(u4)\" shape=\"3,2,32\"").size());
      LoweredModel joined = minima(graph, LoweringOptions.Minima.JOINED, arena);
      assertEquals(1, layers(joined, "MatMul"));
      assertEquals(1, layers(joined, "ReduceSum"));
      // Two planes of 32 columns behind 64.
      assertEquals(1, all(joined, "element_type=\"(u4)\" shape=\"3,4,32\"").size());
      LoweredModel whole = minima(graph, LoweringOptions.Minima.WHOLE, arena);
      assertEquals(1, layers(whole, "MatMul"));
      assertEquals(0, layers(whole, "ReduceSum"));
      assertEquals(1, all(whole, "element_type=\"(u8)\" shape=\"3,2,1\"").size());
    }
    assertTrue(Lowering.weightUse(DType.Q4_1, LoweringOptions.Minima.APART).exact());
    assertFalse(Lowering.weightUse(DType.Q4_1, LoweringOptions.Minima.JOINED).exact());
    assertFalse(Lowering.weightUse(DType.Q4_1, LoweringOptions.Minima.WHOLE).exact());
    assertTrue(Lowering.weightUse(DType.Q4_0, LoweringOptions.Minima.WHOLE).exact());
  }

  private static LoweredModel minima(Graph graph, LoweringOptions.Minima minima, Arena arena) {
    var options =
        new LoweringOptions(
            StateMode.REQUEST, Set.of(), Map.of(), LoweringOptions.Part.ALL, minima);
    return Lowering.lower(graph, options, arena);
  }

  private static Graph cached() {
    GraphBuilder builder = new GraphBuilder("cached");
    Dim tokens = Dim.symbol("tokens", 1, 8);
    Value x = builder.input("x", DType.F32, tokens, Dim.of(16));
    Value positions = builder.input("positions", DType.I32, tokens);
    Value sequences = builder.input("sequences", DType.I32, tokens);
    var spec = new StateSpec(2, 8, 8, 0, 0, DType.F16);
    builder.state("kv", spec);
    var op = new Attention(2, spec, 1, 0, true, Optional.of("kv"));
    builder.output(builder.attention("y", op, x, x, x, positions, sequences));
    return builder.build();
  }

  @Test
  void aStateIsReadAndWrittenOrComesInAndGoesOut() {
    Graph graph = cached();
    try (Arena arena = Arena.ofShared()) {
      LoweredModel inside = lower(graph, StateMode.REQUEST, arena);
      assertTrue(inside.beam());
      assertEquals(List.of(), inside.caches());
      assertEquals(2, layers(inside, "ReadValue"));
      assertEquals(2, layers(inside, "Assign"));
      // One sequence at a time: nobody asks which.
      assertEquals(List.of("x", "positions"), inside.inputs().stream().map(Value::name).toList());

      LoweredModel outside = lower(graph, StateMode.TENSORS, arena);
      assertFalse(outside.beam());
      assertEquals(
          List.of("kv.key", "kv.value"),
          outside.caches().stream().map(LoweredModel.Cache::name).toList());
      assertEquals(32, outside.caches().getFirst().positionBytes());
      assertEquals(0, layers(outside, "ReadValue"));
      assertEquals(3, layers(outside, "Result"));
    }
  }

  @Test
  void blocksAreComputedApartAndContinued() {
    Graph graph = cached();
    try (Arena arena = Arena.ofShared()) {
      assertTrue(Lowering.takesContinuation(graph));
      LoweredModel blocks = lower(graph, StateMode.TENSORS, LoweringOptions.Part.BLOCKS, arena);
      assertEquals(0, layers(blocks, "ScaledDotProductAttention"));
      // Four strips of two products.
      assertEquals(8, layers(blocks, "MatMul"));
      assertEquals(3, layers(blocks, "Result"));

      LoweredModel continued =
          lower(graph, StateMode.REQUEST, LoweringOptions.Part.CONTINUATION, arena);
      assertTrue(continued.beam());
      // What the one writes is what the other begins with.
      assertEquals(blocks.caches(), continued.caches());
      assertEquals(2, layers(continued, "ReadValue"));
      assertEquals(1, layers(continued, "Result"));
    }
  }

  @Test
  void pairsOfHeadsAreStoredAsHalves() {
    var rows = new Rows(8, 2, 4);
    long[] order = LongStream.range(0, 16).map(rows::source).toArray();
    assertArrayEquals(new long[] {0, 1, 2, 4, 3, 5, 6, 7, 8, 9, 10, 12, 11, 13, 14, 15}, order);
  }
}
