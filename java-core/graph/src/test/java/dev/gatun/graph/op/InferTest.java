package dev.gatun.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What each op accepts, what it gives, and what it refuses. */
class InferTest {
  private static final Dim T = Dim.symbol("tokens", 1, 512);
  private static final Dim B = Dim.symbol("batch", 1, 9);
  private static final StateSpec SPEC = new StateSpec(2, 8, 6, 0, 0, DType.F16);
  private static final StateSpec LATENT = new StateSpec(1, 24, 0, 16, 0, DType.F16);

  private final List<DynamicTest> tests = new ArrayList<>();

  @TestFactory
  List<DynamicTest> elementwise() {
    gives(new Unary(Unary.Function.EXP), f(T, 4), f(T, 4));
    refuses(new Unary(Unary.Function.EXP), "not floating point", t(DType.I32, T));
    refuses(new Unary(Unary.Function.EXP), "missing");
    Op add = new Binary(Binary.Function.ADD);
    gives(add, f(T, 4), f(T, 4), f(4));
    gives(add, f(T, 4), f(T, 1), f(1, 4));
    gives(add, f(T, 4), f(), f(T, 4));
    gives(add, t(DType.I64, T), t(DType.I64, T), t(DType.I64));
    refuses(add, "do not broadcast", f(T, 4), f(3));
    refuses(add, "do not broadcast", f(T, 4), f(4, 4));
    refuses(add, "differ in dtype", f(T), t(DType.F16, T));
    refuses(add, "plain", t(DType.Q4_0, 32), t(DType.Q4_0, 32));
    gives(new Cast(DType.F16), t(DType.F16, T), t(DType.I32, T));
    refuses(new Cast(DType.Q4_0), "cannot cast", f(T));
    refuses(new Cast(DType.F32), "plain", t(DType.Q8_0, 32));
    gives(new GatedActivation(Unary.Function.SILU), f(T, 4), f(T, 4), f(T, 4));
    refuses(new GatedActivation(Unary.Function.SILU), "gate is", f(T, 4), f(T, 5));
    gives(new Softmax(-1), f(T, 4), f(T, 4));
    refuses(new Softmax(2), "axis", f(T, 4));
    refuses(new Softmax(0), "axis", f());
    return tests;
  }

  @TestFactory
  List<DynamicTest> shapes() {
    gives(new Reduce(Reduce.Function.SUM, List.of(0, 2), false), f(4), f(T, 4, 5));
    gives(new Reduce(Reduce.Function.MAX, List.of(1), true), f(T, 1), f(T, 4));
    refuses(new Reduce(Reduce.Function.MAX, List.of(2), true), "axis 2", f(T, 4));
    refuses(new Reduce(Reduce.Function.MAX, List.of(1, 0), true), "ascending", f(T, 4));
    gives(new Reshape(List.of(T, Dim.of(2), Dim.of(3))), f(T, 2, 3), f(T, 6));
    refuses(new Reshape(List.of(T, Dim.of(5))), "does not fit", f(T, 6));
    refuses(new Reshape(List.of(Dim.of(64))), "rows", t(DType.Q4_0, 2, 32));
    gives(new Transpose(List.of(2, 0, 1)), f(4, T, 3), f(T, 3, 4));
    refuses(new Transpose(List.of(1, 2)), "permute", f(T, 3));
    refuses(new Transpose(List.of(0, 0)), "permute", f(T, 3));
    refuses(new Transpose(List.of(1, 0)), "rows", t(DType.Q4_0, 32, 32));
    Dim past = Dim.symbol("past", 0, 100);
    gives(new Concat(0), f(T.plus(past), 4), f(past, 4), f(T, 4));
    refuses(new Concat(0), "differ", f(past, 4), f(T, 5));
    refuses(new Concat(1), "differ", f(past, 4), f(T, 4));
    refuses(new Concat(0), "joined", f(past, 4), t(DType.F16, T, 4));
    refuses(new Concat(2), "axis", f(past, 4), f(past, 4));
    gives(new Slice(1, 2, 3), f(T, 3), f(T, 5));
    gives(new Slice(0, 0, T), f(T, 5), f(T, 5));
    gives(new Slice(1, 0, B), f(T, B), f(T, 9));
    refuses(new Slice(1, 1, B), "outside", f(T, 9));
    refuses(new Slice(0, 0, B), "outside", f(T, 5));
    refuses(new Slice(1, 3, 3), "outside", f(T, 5));
    refuses(new Slice(1, Long.MAX_VALUE, 1), "outside", f(T, 5));
    refuses(new Slice(0, 0, 1), "outside", f(T, 5));
    refuses(new Slice(1, 16, 32), "blocks", t(DType.Q4_0, 2, 64));
    gives(new Gather(0), f(T, 4), f(9, 4), t(DType.I32, T));
    gives(new Gather(0), f(T, 32), t(DType.Q4_0, 9, 32), t(DType.I64, T));
    gives(new Gather(1), f(9, T, 3, 4), f(9, 7, 4), t(DType.I32, T, 3));
    gives(new Gather(0), f(4), t(DType.F16, 9, 4), t(DType.I32));
    gives(new Gather(0), t(DType.I64, T), t(DType.I64, 9), t(DType.I32, T));
    refuses(new Gather(1), "axis", f(9), t(DType.I32, T));
    refuses(new Gather(1), "picked", t(DType.Q4_0, 9, 32), t(DType.I32, T));
    refuses(new Gather(0), "I32 or I64", f(9), f(T));
    return tests;
  }

  @TestFactory
  List<DynamicTest> linear() {
    gives(new MatMul(true), f(T, 9), f(T, 64), t(DType.Q4_0, 9, 64));
    gives(new MatMul(false), f(T, 9), f(T, 64), f(64, 9));
    gives(new MatMul(false), f(2, 3, T, 9), f(3, T, 64), f(2, 1, 64, 9));
    refuses(new MatMul(true), "differ", f(T, 64), f(9, 32));
    refuses(new MatMul(false), "[N, K]", f(T, 64), t(DType.Q4_0, 64, 32));
    refuses(new MatMul(true), "matrices", f(64), f(9, 64));
    refuses(new MatMul(true), "weight format", f(T, 64), t(DType.I32, 9, 64));
    gives(new RmsNormalization(1e-5), f(T, 8), f(T, 8), f(8));
    refuses(new RmsNormalization(1e-5), "not [8]", f(T, 8), f(7));
    refuses(new RmsNormalization(1e-5), "dimensions", f(), f(1));
    gives(new LayerNormalization(1e-5), f(T, 8), f(T, 8), f(8), f(8));
    gives(new LayerNormalization(1e-5), f(T, 8), f(T, 8), f(8), null);
    refuses(new LayerNormalization(1e-5), "not [8]", f(T, 8), f(8), f(1));
    Op moe = moe(4, 2);
    ValueType up = t(DType.Q4_0, 4, 32, 64);
    ValueType down = t(DType.Q8_0, 4, 64, 32);
    gives(moe, f(T, 64), f(T, 64), f(T, 4), up, up, down);
    gives(moe, f(T, 64), f(T, 64), f(T, 4), up, up, down, f(4));
    refuses(moe, "not [4]", f(T, 64), f(T, 4), up, up, down, f(3));
    refuses(moe, "router", f(T, 64), f(T, 5), up, up, down);
    refuses(moe, "experts are", f(T, 64), f(T, 4), up, down, down);
    refuses(moe(4, 5), "5 of 4", f(T, 64), f(T, 4), up, up, down);
    return tests;
  }

  @TestFactory
  List<DynamicTest> attention() {
    ValueType ids = t(DType.I32, T);
    Op rope = new RotaryEmbedding(2, 8, 2, 4, false, 1);
    gives(rope, f(T, 16), f(T, 16), ids, f(2));
    refuses(rope, "x is", f(T, 8), ids, f(2));
    refuses(rope, "not [2]", f(T, 16), ids, f(4));
    refuses(rope, "positions", f(T, 16), t(DType.I32, 3), f(2));
    refuses(new RotaryEmbedding(2, 8, 6, 4, false, 1), "do not fit", f(T, 16), ids, f(2));
    refuses(new RotaryEmbedding(2, 8, 0, 3, false, 1), "do not fit", f(T, 16), ids, f(1));
    Op op = new Attention(4, SPEC, 1, 0, true, Optional.empty());
    gives(op, f(T, 24), f(T, 32), f(T, 16), f(T, 12), ids, ids);
    refuses(op, "q is", f(T, 31), f(T, 16), f(T, 12), ids, ids);
    refuses(op, "k is", f(T, 32), f(T, 15), f(T, 12), ids, ids);
    refuses(op, "v is", f(T, 32), f(T, 16), f(T, 16), ids, ids);
    refuses(op, "input 4", f(T, 32), f(T, 16), f(T, 12), ids, t(DType.I32, 7));
    refuses(op, "missing", f(T, 32), f(T, 16), f(T, 12), ids);
    refuses(
        new Attention(3, SPEC, 1, 0, true, Optional.empty()),
        "3 heads on 2",
        f(T, 24),
        f(T, 16),
        f(T, 12),
        ids,
        ids);
    refuses(
        new Attention(4, SPEC, 1, 0, false, Optional.of("kv")),
        "causal",
        f(T, 32),
        f(T, 16),
        f(T, 12),
        ids,
        ids);
    refuses(op, "no bias", f(T, 32), f(T, 16), f(T, 12), ids, ids, f(T));
    gives(op, f(B, T, 24), f(B, T, 32), f(B, T, 16), f(B, T, 12));
    gives(op, f(B, T, 24), f(B, T, 32), f(B, T, 16), f(B, T, 12), null, null, f(B, T));
    refuses(op, "bias is", f(B, T, 32), f(B, T, 16), f(B, T, 12), null, null, f(T, B));
    refuses(op, "k is", f(B, T, 32), f(T, B, 16), f(B, T, 12));
    refuses(op, "neither positions", f(B, T, 32), f(B, T, 16), f(B, T, 12), ids, ids);
    refuses(
        new Attention(4, SPEC, 1, 0, true, Optional.of("kv")),
        "no state",
        f(B, T, 32),
        f(B, T, 16),
        f(B, T, 12));
    Op latent = new Attention(4, LATENT, 1, 0, true, Optional.empty());
    gives(latent, f(T, 64), f(T, 96), f(T, 24), null, ids, ids);
    return tests;
  }

  @Test
  void stateSpecsAreChecked() {
    assertThrows(GraphException.class, () -> new StateSpec(0, 8, 8, 0, 0, DType.F16));
    assertThrows(GraphException.class, () -> new StateSpec(1, 8, 0, 9, 0, DType.F16));
    assertThrows(GraphException.class, () -> new StateSpec(1, 8, 8, 4, 0, DType.F16));
    assertEquals(16, LATENT.effectiveValueDim());
    assertEquals(56, SPEC.bytesPerPosition());
    assertEquals(2 * (34 + 34), new StateSpec(2, 8, 6, 0, 0, DType.Q8_0).bytesPerPosition());
  }

  private static Op moe(int experts, int used) {
    return new MixtureOfExperts(
        experts, used, Unary.Function.SILU, MixtureOfExperts.Gating.SOFTMAX, true, 1);
  }

  private void gives(Op op, ValueType expected, ValueType... inputs) {
    tests.add(
        DynamicTest.dynamicTest(
            op + " of " + Arrays.toString(inputs),
            () -> assertEquals(List.of(expected), op.infer(Arrays.asList(inputs)))));
  }

  private void refuses(Op op, String reason, ValueType... inputs) {
    tests.add(
        DynamicTest.dynamicTest(
            op + " refuses " + Arrays.toString(inputs),
            () -> {
              GraphException e =
                  assertThrows(GraphException.class, () -> op.infer(Arrays.asList(inputs)));
              assertTrue(e.getMessage().contains(reason), e.getMessage());
              assertTrue(e.getMessage().startsWith(op.type() + ": "), e.getMessage());
            }));
  }

  private static ValueType f(Object... dims) {
    return t(DType.F32, dims);
  }

  private static ValueType t(DType dtype, Object... dims) {
    return new ValueType(
        dtype,
        Arrays.stream(dims)
            .map(dim -> dim instanceof Dim symbol ? symbol : Dim.of((Integer) dim))
            .toList());
  }
}
