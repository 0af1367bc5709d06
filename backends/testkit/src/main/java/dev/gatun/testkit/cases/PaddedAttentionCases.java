package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Optional;
import java.util.stream.Stream;

/** Attention over a padded batch, as encoders have it: lengths around a tile, biases, heads. */
final class PaddedAttentionCases {
  private PaddedAttentionCases() {}

  static Stream<ConformanceCase> all() {
    StateSpec plain = new StateSpec(4, 16, 16, 0, 0, DType.F32);
    return Stream.of(
        of("bidirectional", 4, plain, false, false, 3, 7),
        of("one token", 4, plain, false, true, 2, 1),
        of("a whole tile", 4, plain, false, true, 1, 64),
        of("over a tile", 4, plain, false, true, 2, 65),
        of("groups", 8, new StateSpec(2, 20, 20, 0, 0, DType.F32), false, true, 2, 33),
        of("odd dims", 3, new StateSpec(3, 5, 7, 0, 0, DType.F32), false, true, 3, 70),
        of("value view", 4, new StateSpec(1, 24, 0, 16, 0, DType.F32), false, true, 2, 9),
        of("causal", 4, plain, true, true, 2, 70),
        of("window", 4, new StateSpec(4, 16, 16, 0, 5, DType.F32), true, false, 2, 70));
  }

  private static ConformanceCase of(
      String name,
      int heads,
      StateSpec spec,
      boolean causal,
      boolean biased,
      int sequences,
      int length) {
    return ElementwiseCases.of(
        "Attention/padded: " + name,
        full -> scenario(full, heads, spec, causal, biased, sequences, length));
  }

  private static Scenario scenario(
      String name,
      int heads,
      StateSpec spec,
      boolean causal,
      boolean biased,
      int sequences,
      int length) {
    Sketch sketch = new Sketch(name);
    Dim batch = Dim.symbol("batch", 1, sequences);
    Dim tokens = Dim.symbol("length", 1, length);
    Value q = rows(sketch, "q", batch, tokens, sequences, length, (long) heads * spec.keyDim());
    Value k =
        rows(sketch, "k", batch, tokens, sequences, length, (long) spec.kvHeads() * spec.keyDim());
    Value v = Value.ABSENT;
    if (spec.valueDim() > 0) {
      long width = (long) spec.kvHeads() * spec.valueDim();
      v = rows(sketch, "v", batch, tokens, sequences, length, width);
    }
    Value bias = Value.ABSENT;
    if (biased) {
      Array hidden = sketch.data().normal(sequences, length);
      for (int i = 0; i < hidden.values().length; i++) {
        // The last row of the batch hides all but its first key, as exporters write it.
        boolean padding = i >= (sequences - 1) * length + 1;
        hidden.values()[i] = padding ? -Float.MAX_VALUE : hidden.values()[i];
      }
      bias = sketch.input("bias", hidden, batch, tokens);
    }
    Optional<String> none = Optional.empty();
    var op = new Attention(heads, spec, 0.3f, 0, causal, none);
    sketch.output("y", op, q, k, v, Value.ABSENT, Value.ABSENT, bias);
    return sketch.scenario(Bound.relative(0, 2e-5));
  }

  private static Value rows(
      Sketch sketch, String name, Dim batch, Dim tokens, int sequences, int length, long width) {
    Array data = sketch.data().normal(sequences, length, width);
    return sketch.input(name, data, batch, tokens, Dim.of(width));
  }
}
