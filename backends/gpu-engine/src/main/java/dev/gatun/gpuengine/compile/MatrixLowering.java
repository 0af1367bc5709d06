package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;

/**
 * Products with constant matrices [out, in] in the format that the model stores. Few rows go to the
 * kernels that read the weights once, more to those that share decoded weights among rows. A sum
 * with a bias or with a value that is there already is part of the product.
 */
final class MatrixLowering implements OpLowering {
  private static final int FEW = 8;
  private static final int TILE = 64;
  private static final int TILE_THREADS = 256;
  private static final int OUTPUTS = 4;

  private final GpuLowering lowering;

  MatrixLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    MatMul op = (MatMul) node.op();
    ValueType weights = node.input(1).type();
    boolean matrix = op.transposeB() && weights.rank() == 2 && acceptance.isConstant(node.input(1));
    if (!matrix) {
      return "no kernel for products with " + weights + " that are not constant and transposed";
    }
    if (!acceptance.has("matvec_" + Acceptance.suffix(weights.dtype()))) {
      return "weights of format " + weights.dtype() + " are not read";
    }
    return acceptance.computed(node, 0);
  }

  @Override
  public void lower(Node node) {
    Value x = node.input(0);
    ValueType weights = node.input(1).type();
    Addition bias = addition(node.output(), true);
    Value sum = bias == null ? node.output() : bias.node().output();
    Addition residual = addition(sum, false);
    Value result = residual == null ? sum : residual.node().output();
    Operand in = lowering.operand(x);
    Operand matrix = lowering.stored(node.input(1));
    Operand added = residual == null ? null : lowering.operand(residual.other());
    // The residual is read where the product's result is written.
    Operand y =
        residual == null ? lowering.result(result) : lowering.resultOver(result, residual.other());
    var product =
        new Product(
            node,
            weights.dtype(),
            in,
            matrix,
            bias == null ? null : lowering.operand(bias.other()),
            added,
            y,
            lowering.rows(x.type()),
            GpuLowering.columns(x.type()),
            GpuLowering.columns(node.output().type()));
    product(product, "matvec", 1, 1);
    product(product, "matvec4", 2, 4);
    product(product, "matvec8", 5, FEW);
    product(product, "matmul", FEW + 1, Long.MAX_VALUE);
    if (bias != null) {
      lowering.fuse(bias.node());
    }
    if (residual != null) {
      lowering.fuse(residual.node());
    }
  }

  private record Addition(Node node, Value other) {}

  /**
   * The sum that alone reads a value, with something that is there already: a row for all rows, or
   * a value of the same shape.
   */
  private Addition addition(Value value, boolean row) {
    Node reader = lowering.onlyReader(value);
    if (reader == null
        || !(reader.op() instanceof Binary(Binary.Function function))
        || function != Binary.Function.ADD
        || !reader.output().type().equals(value.type())) {
      return null;
    }
    Value other = reader.input(0).equals(value) ? reader.input(1) : reader.input(0);
    ValueType type = other.type();
    boolean fits =
        row
            ? lowering.isConstant(other)
                && type.dtype().isFloat()
                && type.rank() >= 1
                && type.dims().getLast().equals(value.type().dims().getLast())
                && type.dims().subList(0, type.rank() - 1).stream().allMatch(dim -> dim.is(1))
            : type.equals(value.type()) && lowering.isPlaced(other);
    return fits && !other.equals(value) ? new Addition(reader, other) : null;
  }

  private record Product(
      Node node,
      DType format,
      Operand x,
      Operand weights,
      Operand bias,
      Operand residual,
      Operand y,
      Extent rows,
      int in,
      int out) {}

  /** The step that runs when the number of rows lies within bounds. */
  private void product(Product product, String kernel, long fewest, long most) {
    Size rows = Size.of(product.rows()).within(fewest, most);
    Size out = Size.fixed(product.out());
    Grid grid =
        kernel.equals("matmul")
            ? Grid.groups(out.pieces(TILE), rows.pieces(TILE), TILE_THREADS)
            : Grid.groups(out.pieces(OUTPUTS), rows.pieces(FEW), 32 * OUTPUTS);
    lowering
        .launch(product.node(), kernel + "_" + Acceptance.suffix(product.format()))
        .memory(product.x())
        .weights(product.weights(), product.format())
        .memory(product.bias())
        .memory(product.residual())
        .memory(product.y())
        .integer(product.rows())
        .integer(product.in())
        .integer(product.out())
        .integer(product.in())
        .integer(product.out())
        .integer(product.out())
        .integer(product.bias() != null)
        .integer(product.residual() != null)
        .run(grid);
  }
}
