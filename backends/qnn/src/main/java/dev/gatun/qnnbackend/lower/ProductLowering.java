package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Softmax;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Products, sums along axes, and norms. */
final class ProductLowering {
  private final Scope scope;
  private final Emitter emit;

  ProductLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  QnnTensor matMul(Node node, MatMul op, Form form) {
    QnnTensor a = scope.input(node, 0);
    Value b = node.input(1);
    Optional<Constant> weights = scope.constant(b);
    if (weights.isEmpty() || b.type().rank() != 2) {
      return emit.matMul(a, scope.value(b), op.transposeB(), form);
    }
    return fullyConnected(node, a, weights(weights.get(), op.transposeB()), form);
  }

  /** Weights [out, in], as FullyConnected wants them. */
  private QnnTensor weights(Constant constant, boolean transposed) {
    List<Integer> dims = scope.dims(constant.value());
    Form form =
        scope.inCodes()
            ? scope.weights(constant, transposed ? 0 : 1, 0).orElseThrow()
            : scope.form(constant.value());
    if (!transposed) {
      return scope.constants().permuted(constant, form, dims, 1, 0);
    }
    return scope.inCodes()
        ? scope.constants().plain(constant, form, dims)
        : scope.value(constant.value());
  }

  /** Rows of all axes but the last, times weights [out, in]. */
  private QnnTensor fullyConnected(Node node, QnnTensor x, QnnTensor weights, Form form) {
    int depth = weights.dim(1);
    int rows = Math.toIntExact(x.count() / depth);
    QnnTensor product =
        emit.op(
            "FullyConnected",
            form,
            List.of(rows, weights.dim(0)),
            List.of(emit.reshape(x, rows, depth), weights));
    return emit.reshape(product, scope.dims(node.output()));
  }

  void reduce(Node node, Reduce op, Form form) {
    String type =
        switch (op.function()) {
          case SUM -> "ReduceSum";
          case MEAN -> "ReduceMean";
          case MAX -> "ReduceMax";
          case MIN -> "ReduceMin";
          case PROD -> "ReduceProd";
        };
    Value x = node.input(0);
    List<Integer> axes = axes(x, op);
    if (op.keepDims() && axes.equals(List.of(2, 3)) && scope.isChannelsLast(x)) {
      scope.putChannelsLast(
          node.output(), emit.reduce(type, form, scope.channelsLast(x), List.of(1, 2)));
      return;
    }
    QnnTensor reduced = emit.reduce(type, form, scope.value(x), axes);
    scope.put(node.output(), emit.reshape(reduced, scope.dims(node.output())));
  }

  private static List<Integer> axes(Value x, Reduce op) {
    int rank = x.type().rank();
    return op.axes().stream().map(axis -> Math.floorMod(axis, rank)).sorted().toList();
  }

  /**
   * A sum that a constant scales, as a mean: the sum alone may be beyond half precision. Otherwise
   * does nothing.
   *
   * @return whether the node was such a product
   */
  boolean scaledSum(Node node, Binary op, Form form) {
    if (op.function() != Binary.Function.MUL || !form.equals(emit.floats())) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      Node sum = scope.graph().producer(node.input(i)).orElse(null);
      Optional<Constant> factor = scope.constant(node.input(1 - i));
      if (sum != null
          && sum.op() instanceof Reduce reduce
          && reduce.function() == Reduce.Function.SUM
          && factor.isPresent()
          && factor.get().data().shape().elements() == 1) {
        Value x = sum.input(0);
        List<Integer> axes = axes(x, reduce);
        long count = 1;
        for (int axis : axes) {
          count *= scope.dims(x).get(axis);
        }
        float rest = factor.get().data().toFloats()[0] * count;
        QnnTensor mean = emit.reduce("ReduceMean", form, scope.value(x), axes);
        QnnTensor scaled =
            rest == 1 ? mean : emit.binary("ElementWiseMultiply", form, mean, emit.real(rest));
        scope.put(node.output(), emit.reshape(scaled, scope.dims(node.output())));
        return true;
      }
    }
    return false;
  }

  QnnTensor softmax(Node node, Softmax op, Form form) {
    QnnTensor x = scope.input(node, 0);
    int axis = Math.floorMod(op.axis(), x.rank());
    if (axis == x.rank() - 1) {
      return emit.softmax(x, form);
    }
    List<Integer> swap = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    Collections.swap(swap, axis, x.rank() - 1);
    return emit.transpose(emit.softmax(emit.transpose(x, swap), form), swap);
  }

  QnnTensor layerNormalization(Node node, LayerNormalization op, Form form) {
    List<QnnTensor> inputs = new ArrayList<>();
    inputs.add(scope.input(node, 0));
    inputs.add(scope.input(node, 1));
    if (!node.input(2).isAbsent()) {
      inputs.add(scope.input(node, 2));
    }
    return normalization("LayerNorm", inputs, op.epsilon(), form);
  }

  QnnTensor rmsNormalization(Node node, RmsNormalization op, Form form) {
    QnnTensor scale = scope.input(node, 1);
    QnnTensor none = emit.constant(Form.of(scale), scale.dims(), target -> target.fill((byte) 0));
    return normalization("RmsNorm", List.of(scope.input(node, 0), scale, none), op.epsilon(), form);
  }

  /** Over rows of a matrix: the simulator gives something else for some tensors of rank 3. */
  private QnnTensor normalization(String type, List<QnnTensor> inputs, double epsilon, Form form) {
    QnnTensor x = inputs.getFirst();
    int columns = x.dim(-1);
    QnnTensor rows = emit.reshape(x, Math.toIntExact(x.count() / columns), columns);
    List<QnnTensor> arguments = new ArrayList<>(inputs);
    arguments.set(0, rows);
    QnnTensor made =
        emit.op(
            type,
            form,
            rows.dims(),
            arguments,
            new Parameter.F32("epsilon", (float) epsilon),
            Emitter.vector("axes", List.of(1)));
    return emit.reshape(made, x.dims());
  }
}
