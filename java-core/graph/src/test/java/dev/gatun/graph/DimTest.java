package dev.gatun.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DimTest {
  private static final Dim.Symbol TOKENS = Dim.symbol("tokens", 1, 512);
  private static final Dim.Symbol PAST = Dim.symbol("past", 0, 4096);

  @Test
  void sumsCollectTermsAndEqualWhateverTheOrder() {
    assertEquals(PAST.plus(TOKENS), TOKENS.plus(PAST));
    assertEquals("past+tokens", TOKENS.plus(PAST).toString());
    assertEquals("2*tokens+3", TOKENS.plus(Dim.of(3)).plus(TOKENS).toString());
    assertEquals(Dim.of(7), Dim.of(3).plus(Dim.of(4)));
    assertEquals(TOKENS, TOKENS.plus(Dim.of(0)));
    assertEquals(Dim.of(5), TOKENS.times(0).plus(Dim.of(5)));
  }

  @Test
  void quotientsCancelOnlyWhenExact() {
    assertEquals(TOKENS, TOKENS.times(4).dividedBy(4));
    assertEquals(TOKENS.plus(Dim.of(2)), TOKENS.times(2).plus(Dim.of(4)).dividedBy(2));
    Dim quotient = TOKENS.plus(Dim.of(1)).dividedBy(2);
    assertEquals("(tokens+1)/2", quotient.toString());
    assertEquals(3, quotient.resolve(Map.of("tokens", 6L)));
    assertEquals(256, quotient.max());
    assertEquals(quotient.dividedBy(2), TOKENS.plus(Dim.of(1)).dividedBy(4));
    assertSame(TOKENS, TOKENS.dividedBy(1));
    assertEquals("(3*tokens+1)/2", quotient.plus(TOKENS).toString());
    assertEquals(TOKENS.plus(Dim.of(3)).dividedBy(2), quotient.plus(Dim.of(1)));
    assertEquals(TOKENS.times(16), TOKENS.times(32).plus(Dim.of(1)).dividedBy(2));
    assertThrows(GraphException.class, () -> quotient.plus(PAST.dividedBy(2)));
    assertThrows(GraphException.class, () -> quotient.times(2));
  }

  @Test
  void resolvingChecksBounds() {
    Dim sum = PAST.plus(TOKENS);
    assertEquals(17, sum.resolve(Map.of("past", 10L, "tokens", 7L)));
    GraphException unbound = assertThrows(GraphException.class, () -> sum.resolve(Map.of()));
    assertTrue(unbound.getMessage().contains("past"), unbound.getMessage());
    assertThrows(GraphException.class, () -> sum.resolve(Map.of("past", 10L, "tokens", 513L)));
    assertThrows(IllegalArgumentException.class, () -> Dim.of(-1));
    assertThrows(IllegalArgumentException.class, () -> Dim.symbol("n", 3, 2));
    assertThrows(ArithmeticException.class, () -> Dim.of(Long.MAX_VALUE).times(2));
    assertThrows(ArithmeticException.class, () -> Dim.of(Long.MAX_VALUE).plus(Dim.of(1)));
    Dim.Symbol other = Dim.symbol("tokens", 1, 4);
    assertThrows(GraphException.class, () -> TOKENS.plus(other));
  }

  @Test
  void negativeFactorsTakeTheSmallestSizeForTheMaximum() {
    Dim difference = TOKENS.times(-1).plus(Dim.of(600));
    assertEquals(599, difference.max());
    assertEquals(88, difference.resolve(Map.of("tokens", 512L)));
    Dim.Symbol wide = Dim.symbol("wide", 1, 1000);
    Dim maybeNegative = wide.times(-1).plus(Dim.of(600));
    assertThrows(GraphException.class, () -> maybeNegative.resolve(Map.of("wide", 601L)));
  }

  @Test
  void bindingSolvesForOneUnknown() {
    GraphBuilder g = new GraphBuilder("g");
    Value joined = g.input("joined", DType.F32, PAST.plus(TOKENS), Dim.of(2));
    Value now = g.input("now", DType.F32, TOKENS);
    Bindings sizes = new Bindings();
    sizes.bind(List.of(joined, now), List.of(Shape.of(12, 2), Shape.of(5)));
    assertEquals(Map.of("past", 7L, "tokens", 5L), sizes.sizes());
    assertEquals(Shape.of(12, 2), sizes.shape(joined.type()));
  }

  @Test
  void bindingRefusesContradictions() {
    GraphBuilder g = new GraphBuilder("g");
    Value a = g.input("a", DType.F32, TOKENS, Dim.of(4));
    Value b = g.input("b", DType.F32, TOKENS);
    Value c = g.input("c", DType.F32, TOKENS.times(2));
    refuses("'a'", List.of(a), Shape.of(3, 5));
    refuses("'a'", List.of(a), Shape.of(3));
    refuses("'b'", List.of(a, b), Shape.of(3, 4), Shape.of(4));
    refuses("'b'", List.of(b), Shape.of(513));
    refuses("'c'", List.of(c), Shape.of(5));
    refuses("'c'", List.of(b, c), Shape.of(2), Shape.of(6));
  }

  private static void refuses(String name, List<Value> values, Shape... shapes) {
    GraphException e =
        assertThrows(
            GraphException.class, () -> new Bindings().bind(values, Arrays.asList(shapes)));
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }
}
