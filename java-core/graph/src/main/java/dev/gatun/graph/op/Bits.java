package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * Logic of BOOL values (And, Or, Xor, Not) and of the bits of integers (BitwiseAnd …, BitShift of
 * unsigned ones). Two inputs broadcast as NumPy does; the output has their dtype.
 */
public record Bits(Function function) implements OnnxOp {
  /** Functions, named as ONNX names the op. */
  public enum Function {
    AND("And"),
    OR("Or"),
    XOR("Xor"),
    NOT("Not"),
    BITWISE_AND("BitwiseAnd"),
    BITWISE_OR("BitwiseOr"),
    BITWISE_XOR("BitwiseXor"),
    BITWISE_NOT("BitwiseNot"),
    SHIFT_LEFT("BitShift"),
    SHIFT_RIGHT("BitShift");

    private final String onnxName;

    Function(String onnxName) {
      this.onnxName = onnxName;
    }

    public String onnxName() {
      return onnxName;
    }

    /** Of BOOL values. */
    public boolean isLogical() {
      return this == AND || this == OR || this == XOR || this == NOT;
    }

    /** Of one input. */
    public boolean isUnary() {
      return this == NOT || this == BITWISE_NOT;
    }
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public Map<String, Object> attributes() {
    return switch (function) {
      case SHIFT_LEFT -> Map.of("direction", "LEFT");
      case SHIFT_RIGHT -> Map.of("direction", "RIGHT");
      default -> Map.of();
    };
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    Infer.check(
        this,
        function.isLogical() == (a.dtype() == DType.BOOL) && !a.dtype().isFloat(),
        "no such logic of %s",
        a);
    if (function.isUnary()) {
      return List.of(a);
    }
    ValueType b = Infer.plain(this, inputs, 1);
    Infer.check(this, a.dtype() == b.dtype(), "inputs differ in dtype: %s, %s", a, b);
    return List.of(new ValueType(a.dtype(), Infer.broadcast(this, a.dims(), b.dims())));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array a = call.input(0);
    DType dtype = a.dtype();
    if (function.isUnary()) {
      double[] y = a.values().clone();
      for (int i = 0; i < y.length; i++) {
        y[i] =
            function == Function.NOT
                ? (y[i] == 0 ? 1 : 0)
                : Elements.ofBits(dtype, ~Elements.bits(y[i]));
      }
      return List.of(new Array(dtype, a.shape(), y));
    }
    return List.of(
        Pairs.apply(
            a,
            call.input(1),
            dtype,
            (x, z) -> Elements.ofBits(dtype, apply(Elements.bits(x), Elements.bits(z)))));
  }

  private long apply(long a, long b) {
    return switch (function) {
      case AND, BITWISE_AND -> a & b;
      case OR, BITWISE_OR -> a | b;
      case XOR, BITWISE_XOR -> a ^ b;
      case SHIFT_LEFT -> b > 63 || b < 0 ? 0 : a << b;
      case SHIFT_RIGHT -> b > 63 || b < 0 ? 0 : a >>> b;
      case NOT, BITWISE_NOT -> ~a;
    };
  }
}
