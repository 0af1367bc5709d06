package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.op.Recurrent.Activation;
import dev.gatun.graph.op.Recurrent.Direction;
import dev.gatun.graph.op.Recurrent.Kind;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@link Recurrent}, one sequence and one step at a time. */
final class RecurrentReference {
  private final Recurrent op;
  private final ReferenceCall call;
  private final int hidden;
  private final int directions;
  private final int gates;
  private final int in;
  private final int time;
  private final int batch;
  private final double[] x;
  private final double[] y;
  private final double[] lastH;
  private final double[] lastC;

  RecurrentReference(Recurrent op, ReferenceCall call) {
    this.op = op;
    this.call = call;
    hidden = op.hidden();
    directions = op.directions();
    gates = op.kind().gates();
    Shape shape = call.input(0).shape();
    time = Math.toIntExact(shape.dim(op.batchFirst() ? 1 : 0));
    batch = Math.toIntExact(shape.dim(op.batchFirst() ? 0 : 1));
    in = Math.toIntExact(shape.dim(2));
    x = call.input(0).values();
    y = new double[time * directions * batch * hidden];
    lastH = new double[directions * batch * hidden];
    lastC = new double[op.kind() == Kind.LSTM ? lastH.length : 0];
  }

  List<Array> run() {
    check(4, batch);
    check(5, lastH.length);
    check(6, lastH.length);
    for (int d = 0; d < directions; d++) {
      boolean backward = d == 1 || op.direction() == Direction.REVERSE;
      for (int n = 0; n < batch; n++) {
        sequence(d, n, backward);
      }
    }
    Array first = call.input(0);
    Shape state =
        op.batchFirst() ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
    List<Array> results = new ArrayList<>();
    results.add(
        new Array(
            first.dtype(),
            op.batchFirst()
                ? Shape.of(batch, time, directions, hidden)
                : Shape.of(time, directions, batch, hidden),
            y));
    results.add(new Array(first.dtype(), state, lastH));
    if (op.kind() == Kind.LSTM) {
      results.add(new Array(first.dtype(), state, lastC));
    }
    return results;
  }

  private void check(int input, long elements) {
    Array array = call.input(input);
    if (array != null && array.shape().elements() != elements) {
      throw new GraphException(
          "%s: input %d is %s, which does not fit x %s"
              .formatted(op.type(), input, array.shape(), call.input(0).shape()));
    }
  }

  private int stateAt(int d, int n) {
    return (op.batchFirst() ? n * directions + d : d * batch + n) * hidden;
  }

  private double[] initial(int input, int at) {
    Array array = call.input(input);
    return array == null ? new double[hidden] : Arrays.copyOfRange(array.values(), at, at + hidden);
  }

  private void sequence(int d, int n, boolean backward) {
    int length = call.input(4) == null ? time : (int) call.input(4).values()[n];
    int at = stateAt(d, n);
    double[] h = initial(5, at);
    double[] c = initial(6, at);
    for (int i = 0; i < length; i++) {
      int t = backward ? length - 1 - i : i;
      int xAt = (op.batchFirst() ? n * time + t : t * batch + n) * in;
      step(d, xAt, h, c);
      int yAt =
          op.batchFirst()
              ? ((n * time + t) * directions + d) * hidden
              : ((t * directions + d) * batch + n) * hidden;
      System.arraycopy(h, 0, y, yAt, hidden);
    }
    System.arraycopy(h, 0, lastH, at, hidden);
    if (op.kind() == Kind.LSTM) {
      System.arraycopy(c, 0, lastC, at, hidden);
    }
  }

  /** Row {@code row} of gate {@code gate}: input part and recurrent part, biases included. */
  private double input(int d, int gate, int row, int xAt) {
    int line = (d * gates + gate) * hidden + row;
    double sum = bias(d, gate, row);
    double[] w = call.input(1).values();
    for (int k = 0; k < in; k++) {
      sum += w[line * in + k] * x[xAt + k];
    }
    return sum;
  }

  private double recurrent(int d, int gate, int row, double[] h) {
    int line = (d * gates + gate) * hidden + row;
    double sum = bias(d, gates + gate, row);
    double[] r = call.input(2).values();
    for (int k = 0; k < hidden; k++) {
      sum += r[line * hidden + k] * h[k];
    }
    return sum;
  }

  private double bias(int d, int index, int row) {
    return call.input(3) == null
        ? 0
        : call.input(3).values()[(d * 2 * gates + index) * hidden + row];
  }

  private double peephole(int d, int index, int row) {
    return call.input(7) == null ? 0 : call.input(7).values()[(d * 3 + index) * hidden + row];
  }

  private double apply(int d, int function, double value) {
    Activation activation = op.activations().get(d * op.kind().functions() + function);
    double bound = op.clip().orElse(Double.POSITIVE_INFINITY);
    return activation.apply(Math.min(Math.max(value, -bound), bound));
  }

  private void step(int d, int xAt, double[] h, double[] c) {
    double[] old = h.clone();
    switch (op.kind()) {
      case RNN -> {
        for (int j = 0; j < hidden; j++) {
          h[j] = apply(d, 0, input(d, 0, j, xAt) + recurrent(d, 0, j, old));
        }
      }
      case GRU -> gru(d, xAt, old, h);
      case LSTM -> lstm(d, xAt, old, h, c);
    }
  }

  private void gru(int d, int xAt, double[] old, double[] h) {
    double[] reset = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      reset[j] = apply(d, 0, input(d, 1, j, xAt) + recurrent(d, 1, j, old));
    }
    double[] scaled = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      scaled[j] = reset[j] * old[j];
    }
    for (int j = 0; j < hidden; j++) {
      double update = apply(d, 0, input(d, 0, j, xAt) + recurrent(d, 0, j, old));
      double part =
          op.linearBeforeReset() ? reset[j] * recurrent(d, 2, j, old) : recurrent(d, 2, j, scaled);
      double next = apply(d, 1, input(d, 2, j, xAt) + part);
      h[j] = (1 - update) * next + update * old[j];
    }
  }

  private void lstm(int d, int xAt, double[] old, double[] h, double[] c) {
    for (int j = 0; j < hidden; j++) {
      double i = input(d, 0, j, xAt) + recurrent(d, 0, j, old) + peephole(d, 0, j) * c[j];
      double f = input(d, 2, j, xAt) + recurrent(d, 2, j, old) + peephole(d, 2, j) * c[j];
      double g = apply(d, 1, input(d, 3, j, xAt) + recurrent(d, 3, j, old));
      double in = apply(d, 0, i);
      double forget = op.inputForget() ? 1 - in : apply(d, 0, f);
      c[j] = forget * c[j] + in * g;
      double o = input(d, 1, j, xAt) + recurrent(d, 1, j, old) + peephole(d, 1, j) * c[j];
      double activated = op.activations().get(d * op.kind().functions() + 2).apply(c[j]);
      h[j] = apply(d, 0, o) * activated;
    }
  }
}
