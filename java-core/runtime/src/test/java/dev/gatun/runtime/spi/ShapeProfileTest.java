package dev.gatun.runtime.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run is tuned for. */
class ShapeProfileTest {
  @Test
  void symbolsOfMultiplesHaveTypicalSizes() {
    Dim.Symbol blocks = Dim.symbol("blocks", 1, 100);
    Dim.Symbol width = Dim.symbol("width", 1, 50);
    var builder = new GraphBuilder("picture");
    Value x = builder.input("x", DType.F32, Dim.of(1), blocks.times(32), width);
    builder.output(builder.unary("y", Unary.Function.NEG, x));
    Graph graph = builder.build();
    var profile = new ShapeProfile("usual", Map.of("blocks", new ShapeProfile.Range(1, 10, 100)));
    assertEquals(Map.of("blocks", 10L, "width", 50L), profile.typicalSizes(graph));
  }
}
