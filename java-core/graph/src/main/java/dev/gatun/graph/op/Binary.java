package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * An elementwise function of two inputs of one plain dtype, broadcast as NumPy does. Integers wrap
 * to their width; their quotient is rounded towards zero.
 */
public record Binary(Function function) implements Op {
  /** Functions, named as ONNX names the op. */
  public enum Function {
    ADD("Add"),
    SUB("Sub"),
    MUL("Mul"),
    DIV("Div"),
    POW("Pow"),
    MAX("Max"),
    MIN("Min");

    private final String onnxName;

    Function(String onnxName) {
      this.onnxName = onnxName;
    }

    public String onnxName() {
      return onnxName;
    }
  }

  @Override
  public String type() {
    return function.onnxName();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    ValueType b = Infer.plain(this, inputs, 1);
    Infer.check(this, a.dtype() == b.dtype(), "inputs differ in dtype: %s, %s", a, b);
    return List.of(new ValueType(a.dtype(), Infer.broadcast(this, a.dims(), b.dims())));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(
        (function == Function.POW ? 2 * Costs.FUNCTION : 1) * Costs.elements(outputs.getFirst()),
        inputs,
        outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array a = call.input(0);
    Array b = call.input(1);
    Shape shape = Broadcast.shape(a.shape(), b.shape());
    int[] aAt = Broadcast.offsets(shape, Broadcast.strides(a.shape(), shape));
    int[] bAt = Broadcast.offsets(shape, Broadcast.strides(b.shape(), shape));
    double[] y = new double[aAt.length];
    boolean whole = !a.dtype().isFloat();
    for (int i = 0; i < y.length; i++) {
      double result = apply(a.values()[aAt[i]], b.values()[bAt[i]], whole);
      y[i] = whole ? Elements.round(a.dtype(), result) : result;
    }
    return List.of(new Array(a.dtype(), shape, y));
  }

  private double apply(double a, double b, boolean whole) {
    return switch (function) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> {
        if (whole && b == 0) {
          throw new GraphException("integer division by zero");
        }
        yield a / b;
      }
      case POW -> Math.pow(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }
}
