package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Matrix products. */
final class MatrixOps {
  private MatrixOps() {}

  static void register(OpImporters ops) {
    ops.add("MatMul", MatrixOps::matMul);
    ops.add("Gemm", MatrixOps::gemm);
  }

  /** A vector is a matrix of one row or column, whose extent is dropped afterwards. */
  private static List<Imported> matMul(NodeScope node) {
    Value a = node.value(0);
    Value b = node.value(1);
    boolean row = a.type().rank() == 1;
    boolean column = b.type().rank() == 1;
    var op = new MatMul(false);
    if (!row && !column) {
      return product(node, op, a, b);
    }
    if (row) {
      a = node.step("row", new Reshape(List.of(Dim.of(1), a.type().dim(0))), a);
    }
    if (column) {
      b = node.step("column", new Reshape(List.of(b.type().dim(0), Dim.of(1))), b);
    }
    Value product = product(node, "matrix", op, a, b);
    List<Dim> dims = new ArrayList<>(product.type().dims());
    if (column) {
      dims.removeLast();
    }
    if (row) {
      dims.remove(dims.size() - (column ? 1 : 2));
    }
    return node.result(new Reshape(dims), product);
  }

  /** A product in the type of its factors; sums are F32. */
  private static List<Imported> product(NodeScope node, MatMul op, Value a, Value b) {
    DType dtype = a.type().dtype();
    return dtype == DType.F32
        ? node.result(op, a, b)
        : node.result(new Cast(dtype), node.step("sums", op, a, b));
  }

  private static Value product(NodeScope node, String suffix, MatMul op, Value a, Value b) {
    Value sums = node.step(suffix, op, a, b);
    return new Composition(node).cast(suffix + "/rounded", sums, a.type().dtype());
  }

  /** {@code alpha * A' * B' + beta * C}. */
  private static List<Imported> gemm(NodeScope node) {
    Value a = node.value(0);
    if (node.integer("transA", 0) != 0) {
      a = node.step("transposed", new Transpose(List.of(1, 0)), a);
    }
    var product = new MatMul(node.integer("transB", 0) != 0);
    float alpha = node.real("alpha", 1);
    float beta = node.real("beta", 1);
    boolean more = node.has(2) && beta != 0;
    if (alpha == 1 && !more) {
      return product(node, product, a, node.value(1));
    }
    Value y = product(node, "product", product, a, node.value(1));
    var mul = new Binary(Binary.Function.MUL);
    if (alpha != 1) {
      Value factor = node.scalar("alpha", alpha);
      if (!more) {
        return node.result(mul, y, factor);
      }
      y = node.step("scaled", mul, y, factor);
    }
    Value c = node.value(2);
    if (beta != 1) {
      c = node.step("bias", mul, c, node.scalar("beta", beta));
    }
    return node.result(new Binary(Binary.Function.ADD), y, c);
  }
}
