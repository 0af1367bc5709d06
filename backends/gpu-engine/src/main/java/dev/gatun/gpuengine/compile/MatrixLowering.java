package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;
import java.util.List;

/**
 * Products with constant matrices [out, in] in the format that the model stores. Few rows go to the
 * kernels that read the weights once, more to those that share decoded weights among rows, on the
 * device's matrix units where there are some. A sum with a bias or with a value that is there
 * already is part of the product. Other products are of two values in single precision.
 */
final class MatrixLowering implements OpLowering {
  private static final int FEW = 8;
  private static final int TILE = 64;
  private static final int TILE_THREADS = 256;
  private static final int OUTPUTS = 4;
  private static final int SIMD = 32;

  private final GpuLowering lowering;

  MatrixLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    ValueType weights = node.input(1).type();
    if (!isStored(node, acceptance.isConstant(node.input(1)))) {
      String reason = acceptance.computed(node, 0, 1);
      return reason.isEmpty() ? batches(node).refusal() : reason;
    }
    if (!acceptance.has("matvec_" + Acceptance.suffix(weights.dtype()))) {
      return "weights of format " + weights.dtype() + " are not read";
    }
    return acceptance.computed(node, 0);
  }

  /** Whether the right matrix is read as the model stores it: [out, in]. */
  private static boolean isStored(Node node, boolean constant) {
    return constant && ((MatMul) node.op()).transposeB() && node.input(1).type().rank() == 2;
  }

  /** Axes of the matrices that a product is done for. */
  private static Axes batches(Node node) {
    return Axes.broadcast(
        matrices(node.output()), List.of(matrices(node.input(0)), matrices(node.input(1))));
  }

  private static List<Dim> matrices(Value value) {
    return value.type().dims().subList(0, value.type().rank() - 2);
  }

  @Override
  public void lower(Node node) {
    if (isStored(node, lowering.isConstant(node.input(1)))) {
      stored(node);
    } else {
      dense(node);
    }
  }

  /** DenseParams of dense.h. */
  private void dense(Node node) {
    boolean transposed = ((MatMul) node.op()).transposeB();
    ValueType type = node.output().type();
    Operand y = lowering.result(node.output());
    Size m = Size.of(lowering.extents().of(type.dim(-2)));
    Size n = Size.of(lowering.extents().of(type.dim(-1)));
    Size count = Size.of(lowering.extents().of(matrices(node.output())));
    // Few rows: sums of their own read the rows of a transposed matrix as they lie.
    long most = lowering.arithmetic().deterministic() ? 0 : FEW;
    Size few = transposed ? m.within(1, most) : Size.fixed(0);
    Size many = transposed ? m.within(most + 1, Long.MAX_VALUE) : m;
    Size sums = few.times(n).times(Size.fixed(SIMD));
    dense(node, "dense_matvec", transposed, m, n, y)
        .run(new Grid(TILE_THREADS, sums.pieces(TILE_THREADS), Size.fixed(1), count));
    dense(node, "dense_matmul", transposed, m, n, y)
        .run(new Grid(TILE_THREADS, n.pieces(TILE), many.pieces(TILE), count));
  }

  private KernelStep.Builder dense(
      Node node, String kernel, boolean transposed, Size m, Size n, Operand y) {
    Axes axes = batches(node);
    return axes.addTo(
        lowering
            .launch(node, kernel)
            .memory(lowering.single(node.input(0)))
            .memory(lowering.single(node.input(1)))
            .memory(y)
            .integer(m)
            .integer(n)
            .integer(lowering.extents().of(node.input(0).type().dim(-1)))
            .integer(transposed)
            .integer(axes.rank()),
        lowering.extents());
  }

  private void stored(Node node) {
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
    if (lowering.arithmetic().deterministic()) {
      product(product, "matvec8", 1, Long.MAX_VALUE);
    } else {
      product(product, "matvec", 1, 1);
      product(product, "matvec4", 2, 4);
      product(product, "matvec8", 5, FEW);
      product(product, many(weights.dtype()), FEW + 1, Long.MAX_VALUE);
    }
    if (bias != null) {
      lowering.fuse(bias.node());
    }
    if (residual != null) {
      lowering.fuse(residual.node());
    }
  }

  /** The kernel for many rows. */
  private String many(DType format) {
    return Arithmetic.kernel(lowering.arithmetic().matrices(), format)
        .filter(kernel -> lowering.kernels().has(kernel + "_" + Acceptance.suffix(format)))
        .orElse("matmul");
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
        kernel.startsWith("matmul")
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
