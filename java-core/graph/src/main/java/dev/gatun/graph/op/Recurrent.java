package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recurrent layer (ONNX RNN, GRU, LSTM).
 *
 * <p>Inputs: x [time, N, in]; w [D, G hidden, in]; r [D, G hidden, hidden]; optional: bias [D, 2 G
 * hidden] (of w, then of r); lengths I32 [N]; first h [D, N, hidden]; for LSTM first c of the same
 * shape, and peepholes [D, 3 hidden] (input, output, forget). D is the number of directions; G is 1
 * for RNN, 3 for GRU (update, reset, hidden), 4 for LSTM (input, output, forget, cell).
 *
 * <p>Outputs: y [time, D, N, hidden], zero beyond a length; last h [D, N, hidden]; for LSTM last c.
 *
 * @param hidden size of the state
 * @param activations functions of a direction (1 for RNN, 2 for GRU, 3 for LSTM), for both in turn
 * @param clip bound of what gates apply their function to
 * @param inputForget whether LSTM's forget gate is 1 minus the input gate
 * @param linearBeforeReset whether GRU multiplies by r before the reset gate
 * @param batchFirst whether N comes first: x [N, time, in], y [N, time, D, hidden], h [N, D,
 *     hidden]
 */
public record Recurrent(
    Kind kind,
    int hidden,
    Direction direction,
    List<Activation> activations,
    Optional<Double> clip,
    boolean inputForget,
    boolean linearBeforeReset,
    boolean batchFirst)
    implements Op {
  /** Kinds, named as ONNX names the op, with their number of gates and functions. */
  public enum Kind {
    RNN(1, 1),
    GRU(3, 2),
    LSTM(4, 3);

    private final int gates;
    private final int functions;

    Kind(int gates, int functions) {
      this.gates = gates;
      this.functions = functions;
    }

    public int gates() {
      return gates;
    }

    /** Activations of one direction. */
    public int functions() {
      return functions;
    }
  }

  /** In which order time is walked. */
  public enum Direction {
    FORWARD,
    REVERSE,
    BIDIRECTIONAL
  }

  /** Functions of ONNX's recurrent ops; alpha and beta mean what ONNX says. */
  public enum Function {
    RELU,
    TANH,
    SIGMOID,
    AFFINE,
    LEAKYRELU,
    THRESHOLDEDRELU,
    SCALEDTANH,
    HARDSIGMOID,
    ELU,
    SOFTSIGN,
    SOFTPLUS
  }

  /** A function with its parameters. */
  public record Activation(Function function, double alpha, double beta) {
    public double apply(double x) {
      return switch (function) {
        case RELU -> Math.max(x, 0);
        case TANH -> Math.tanh(x);
        case SIGMOID -> 1 / (1 + Math.exp(-x));
        case AFFINE -> alpha * x + beta;
        case LEAKYRELU -> x >= 0 ? x : alpha * x;
        case THRESHOLDEDRELU -> x >= alpha ? x : 0;
        case SCALEDTANH -> alpha * Math.tanh(beta * x);
        case HARDSIGMOID -> Math.min(Math.max(alpha * x + beta, 0), 1);
        case ELU -> x >= 0 ? x : alpha * Math.expm1(x);
        case SOFTSIGN -> x / (1 + Math.abs(x));
        case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      };
    }
  }

  public Recurrent {
    activations = List.copyOf(activations);
  }

  public int directions() {
    return direction == Direction.BIDIRECTIONAL ? 2 : 1;
  }

  @Override
  public String type() {
    return kind.name();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.check(this, x.rank() == 3, "input 0 is %s, not of rank 3", x);
    Infer.check(
        this,
        activations.size() == directions() * kind.functions(),
        "%s activations",
        activations.size());
    Dim time = x.dim(batchFirst ? 1 : 0);
    Dim batch = x.dim(batchFirst ? 0 : 1);
    Dim d = Dim.of(directions());
    Dim rows = Dim.of((long) kind.gates() * hidden);
    Dim h = Dim.of(hidden);
    List<Dim> state = batchFirst ? List.of(batch, d, h) : List.of(d, batch, h);
    shape(inputs, 1, true, List.of(d, rows, x.dim(2)));
    shape(inputs, 2, true, List.of(d, rows, h));
    shape(inputs, 3, false, List.of(d, rows.times(2)));
    if (Infer.present(inputs, 4)) {
      ValueType lengths = Infer.integer(this, inputs, 4);
      Infer.check(this, lengths.rank() == 1, "lengths are %s", lengths);
    }
    shape(inputs, 5, false, state);
    shape(inputs, 6, false, state);
    shape(inputs, 7, false, List.of(d, Dim.of(3L * hidden)));
    DType dtype = x.dtype();
    List<ValueType> types = new ArrayList<>();
    types.add(
        new ValueType(dtype, batchFirst ? List.of(batch, time, d, h) : List.of(time, d, batch, h)));
    types.add(new ValueType(dtype, state));
    if (kind == Kind.LSTM) {
      types.add(new ValueType(dtype, state));
    }
    return types;
  }

  private void shape(List<ValueType> inputs, int index, boolean required, List<Dim> dims) {
    if (required || Infer.present(inputs, index)) {
      ValueType type = Infer.floating(this, inputs, index);
      boolean fits = type.rank() == dims.size();
      for (int i = 0; fits && i < dims.size(); i++) {
        // Open extents of two inputs may be the same under two names: the reference looks again.
        boolean open = !(type.dim(i) instanceof Dim.Fixed && dims.get(i) instanceof Dim.Fixed);
        fits = open || type.dim(i).equals(dims.get(i));
      }
      Infer.check(this, fits, "input %s is %s, not %s", index, type, dims);
    }
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    TypedShape x = inputs.getFirst();
    double steps = (double) x.shape().dim(0) * x.shape().dim(1);
    double each = 2 * (Costs.elements(inputs.get(1)) + Costs.elements(inputs.get(2)));
    return Costs.streaming(steps * each, inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return new RecurrentReference(this, call).run();
  }
}
