package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.step.CopyStep;
import dev.gatun.cpuengine.step.DenseMatMulStep;
import dev.gatun.cpuengine.step.MatMulStep;
import dev.gatun.cpuengine.step.PrepareStep;
import dev.gatun.cpuengine.step.Repeats;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.weight.PackedMatrix;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Views;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Matrix products. A product with a constant matrix is packed; when all its readers are slices of
 * its columns, each slice becomes a product with those rows of the matrix.
 */
final class MatrixLowering {
  private static final int TYPICAL_ROWS = 512;

  private final Lowering lowering;
  private final Map<Integer, Node> split = new HashMap<>();
  private final Map<PreparedKey, Operand> prepared = new HashMap<>();

  private record PreparedKey(Operand x, Extent rows, int k, String preparation) {}

  MatrixLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  void matMul(Node node, MatMul op) {
    Optional<Tensor> constant = lowering.views().constant(node.input(1));
    boolean packed = constant.isPresent() && constant.get().shape().rank() == 2;
    if (!packed) {
      dense(node, op);
      return;
    }
    if (op.transposeB() && splittable(node)) {
      split.put(node.output().id(), node);
      return;
    }
    product(node, node.input(0), constant.get(), !op.transposeB(), node.output());
  }

  private boolean splittable(Node node) {
    Value y = node.output();
    if (lowering.views().isKept(y)) {
      return false;
    }
    List<Node> readers = lowering.readers(y);
    for (Node other : readers) {
      boolean piece =
          other.op() instanceof Slice(int axis, _, Dim.Fixed _) && axis == y.type().rank() - 1;
      if (!piece || Views.isView(other)) {
        return false;
      }
    }
    return !readers.isEmpty();
  }

  /** Lowers a slice of a split product; false when it is another slice. */
  boolean splitSlice(Node node, Slice op) {
    Node product = split.get(node.input(0).id());
    if (product == null) {
      return false;
    }
    Tensor all = lowering.views().constant(product.input(1)).orElseThrow();
    int length = Lowering.columns(node.output().type());
    long rowBytes = all.rowBytes();
    var rows =
        new Tensor(
            all.dtype(),
            Shape.of(length, all.shape().dim(1)),
            all.data().asSlice(op.start() * rowBytes, length * rowBytes));
    product(node, product.input(0), rows, false, node.output());
    return true;
  }

  private void product(Node node, Value x, Tensor weights, boolean transposed, Value output) {
    int n = Math.toIntExact(weights.shape().dim(transposed ? 1 : 0));
    int k = Math.toIntExact(weights.shape().dim(transposed ? 0 : 1));
    DType stored = transposed ? DType.F32 : weights.dtype();
    MatMulKernel kernel = lowering.kernels.matMul(stored, n, k);
    PackedMatrix matrix = lowering.weights.matrix(kernel, weights, transposed);
    Extent rows = lowering.rows(output.type());
    Operand in = aligned(node, x);
    Operand form = prepare(node, in, rows, k, kernel);
    Operand y = lowering.result(output);
    lowering.steps.add(
        new MatMulStep(
            info(
                node,
                kernel.name(),
                List.of(Access.whole(in), Access.whole(form)),
                List.of(Access.aligned(y))),
            kernel,
            matrix,
            in,
            form,
            y,
            rows));
  }

  /** X prepared for a kernel: once for all kernels that prepare alike. */
  Operand prepare(Node node, Operand x, Extent rows, int k, MatMulKernel kernel) {
    if (preparedBytes(kernel, 1, k) == 0 && preparedBytes(kernel, TYPICAL_ROWS, k) == 0) {
      return x;
    }
    // A value that a product reads is never overwritten in place: the operand stands for it.
    var key = new PreparedKey(x, rows, k, kernel.preparation());
    return prepared.computeIfAbsent(
        key,
        absent -> {
          Operand form =
              lowering.storages().arena(bound -> preparedBytes(kernel, bound.of(rows), k));
          lowering.steps.add(
              new PrepareStep(
                  info(
                      node,
                      kernel.name() + ".prepare",
                      List.of(Access.aligned(x)),
                      List.of(Access.whole(form))),
                  kernel,
                  x,
                  form,
                  rows,
                  k));
          return form;
        });
  }

  private static long preparedBytes(MatMulKernel kernel, int rows, int k) {
    return Math.max(kernel.preparedBytes(rows, k), kernel.preparedBytes(1, k));
  }

  /** X at a 64-byte boundary, as kernels want it. */
  private Operand aligned(Node node, Value x) {
    Operand in = lowering.operand(x);
    if (in.offset() % 64 == 0) {
      return in;
    }
    Operand copy = lowering.storages().arena(x);
    Extent elements = lowering.elements(x.type());
    lowering.steps.add(
        new CopyStep(
            info(node, "engine.copy", List.of(Access.whole(in)), List.of(Access.whole(copy))),
            x.type().dtype().blockBytes(),
            in,
            elements,
            0,
            elements,
            copy,
            elements,
            List.of(),
            elements,
            Extent.fixed(1)));
    return copy;
  }

  private void dense(Node node, MatMul op) {
    ValueType a = node.input(0).type();
    ValueType b = node.input(1).type();
    ValueType y = node.output().type();
    List<Dim> batches = y.dims().subList(0, y.rank() - 2);
    Repeats ofA = Repeats.of(lowering.extents(), batches, a.dims().subList(0, a.rank() - 2));
    Repeats ofB = Repeats.of(lowering.extents(), batches, b.dims().subList(0, b.rank() - 2));
    Operand left = lowering.operand(node.input(0));
    Operand right = lowering.operand(node.input(1));
    Operand result = lowering.result(node.output());
    lowering.steps.add(
        new DenseMatMulStep(
            info(
                node,
                lowering.kernels.name() + ".dense",
                List.of(
                    ofA.isIdentity() ? Access.aligned(left) : Access.whole(left),
                    Access.whole(right)),
                List.of(Access.aligned(result))),
            lowering.kernels.denseMatMul(),
            op.transposeB(),
            left,
            right,
            result,
            lowering.rows(y),
            lowering.extents().of(y.dim(-2)),
            lowering.extents().of(y.dim(-1)),
            lowering.extents().of(a.dim(-1)),
            ofA,
            ofB));
  }
}
