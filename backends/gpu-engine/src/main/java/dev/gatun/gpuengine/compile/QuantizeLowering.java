package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.DynamicQuantizeLinear;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.QLinearMatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.tensor.DType;
import java.util.List;

/** Numbers as small integers with a scale and a zero point, and products of such integers. */
final class QuantizeLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Rows and columns of a tile of a product of integers. */
  private static final int TILE = 32;

  private final GpuLowering lowering;

  QuantizeLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return switch (node.op()) {
      case QuantizeLinear _ -> {
        Value x = node.input(0);
        boolean known = acceptance.isConstant(x) || PlainType.code(x.type().dtype()) >= 0;
        yield known ? acceptance.computed(node, 1) : "no kernel for " + x.type().dtype();
      }
      case DequantizeLinear _ ->
          whole(node, 0).isEmpty() ? acceptance.computed(node, 1) : whole(node, 0);
      case DynamicQuantizeLinear _ -> acceptance.computed(node, 0);
      case MatMulInteger _ -> product(node, 0, 2, 1, 3);
      case QLinearMatMul _ -> {
        String reason = product(node, 0, 2, 3, 5);
        yield reason.isEmpty() ? acceptance.computed(node, 1, 4, 6) : reason;
      }
      default -> "no kernel for " + node.op().type();
    };
  }

  private static String whole(Node node, int input) {
    DType dtype = node.input(input).type().dtype();
    return PlainType.code(dtype) >= 0 && !dtype.isFloat() ? "" : "no kernel for " + dtype;
  }

  private static String product(Node node, int a, int aZero, int b, int bZero) {
    for (int input : new int[] {a, b}) {
      if (!whole(node, input).isEmpty()) {
        return whole(node, input);
      }
    }
    for (int input : new int[] {aZero, bZero}) {
      Value zero = present(node, input);
      if (zero != null && zero.type().rank() > 1) {
        return "no kernel for zero points of " + zero.type();
      }
    }
    return batches(node, a, b).refusal();
  }

  /** An input, or null when it is absent. */
  static Value present(Node node, int input) {
    boolean there = input < node.inputs().size() && !node.input(input).isAbsent();
    return there ? node.input(input) : null;
  }

  /** 0 for no value, 1 for one number, 2 for one for each row, column or channel. */
  static int share(Value numbers) {
    if (numbers == null) {
      return 0;
    }
    return numbers.type().dims().stream().allMatch(dim -> dim.is(1)) ? 1 : 2;
  }

  private static List<Dim> matrices(Value value) {
    return value.type().dims().subList(0, value.type().rank() - 2);
  }

  private static Axes batches(Node node, int a, int b) {
    return Axes.broadcast(
        matrices(node.output()), List.of(matrices(node.input(a)), matrices(node.input(b))));
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case QuantizeLinear op -> scale(node, "quantize", op.axis(), op.block());
      case DequantizeLinear op -> scale(node, "dequantize", op.axis(), op.block());
      case DynamicQuantizeLinear _ -> dynamic(node);
      case MatMulInteger _ -> product(node, 0, 2, 1, 3, lowering.result(node.output()));
      case QLinearMatMul _ -> quantized(node);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private Size elements(ValueType type) {
    return Size.of(lowering.elements(type));
  }

  /** An operand as the kernels read it: of floating-point constants F32. */
  private Operand number(Value value) {
    return value == null ? null : lowering.operand(value);
  }

  private int code(Value value) {
    DType dtype = value.type().dtype();
    return PlainType.code(lowering.isConstant(value) && dtype.isFloat() ? DType.F32 : dtype);
  }

  /** QuantizeParams of quantize.h. */
  private void scale(Node node, String kernel, int axis, int block) {
    Value x = node.input(0);
    ValueType type = x.type();
    Value zero = present(node, 2);
    boolean quantizes = kernel.equals("quantize");
    boolean single = block == 0 && share(node.input(1)) == 1;
    int along = axis < 0 ? axis + type.rank() : axis;
    KernelStep.Builder step =
        lowering
            .launch(node, kernel)
            .memory(lowering.operand(x))
            .memory(lowering.single(node.input(1)))
            .memory(number(zero))
            .memory(lowering.result(node.output()))
            .integer(elements(type))
            .integer(single);
    if (single) {
      step.integer(1).integer(1);
    } else {
      step.integer(lowering.extents().of(type.dim(along)))
          .integer(lowering.extents().of(type.dims().subList(along + 1, type.rank())));
    }
    Value whole = quantizes ? node.output() : x;
    Value real = quantizes ? x : node.output();
    step.integer(block)
        .integer(zero != null)
        .integer(PlainType.code(whole.type().dtype()))
        .integer(code(real))
        .run(Grid.items(elements(type), THREADS));
  }

  private void dynamic(Node node) {
    Value x = node.input(0);
    Operand in = lowering.single(x);
    Operand y = lowering.result(node.outputs().get(0));
    Operand scale = lowering.result(node.outputs().get(1));
    Operand zero = lowering.result(node.outputs().get(2));
    Size count = elements(x.type());
    lowering
        .launch(node, "quantize_range")
        .memory(in)
        .memory(scale)
        .memory(zero)
        .integer(count)
        .run(Grid.groups(Size.fixed(1), THREADS));
    lowering
        .launch(node, "quantize")
        .memory(in)
        .memory(scale)
        .memory(zero)
        .memory(y)
        .integer(count)
        .integer(true)
        .integer(1)
        .integer(1)
        .integer(0)
        .integer(true)
        .integer(PlainType.code(DType.U8))
        .integer(PlainType.code(DType.F32))
        .run(Grid.items(count, THREADS));
  }

  /** ProductParams of quantize.h. */
  private void product(Node node, int a, int aZero, int b, int bZero, Operand y) {
    ValueType type = node.output().type();
    Size m = Size.of(lowering.extents().of(type.dim(-2)));
    Size n = Size.of(lowering.extents().of(type.dim(-1)));
    Axes axes = batches(node, a, b);
    axes.addTo(
            lowering
                .launch(node, "integer_matmul")
                .memory(lowering.operand(node.input(a)))
                .memory(lowering.operand(node.input(b)))
                .memory(number(present(node, aZero)))
                .memory(number(present(node, bZero)))
                .memory(y)
                .integer(m)
                .integer(n)
                .integer(lowering.extents().of(node.input(a).type().dim(-1)))
                .integer(code(node.input(a)))
                .integer(code(node.input(b)))
                .integer(share(present(node, aZero)))
                .integer(share(present(node, bZero)))
                .integer(axes.rank()),
            lowering.extents())
        .run(
            new Grid(
                THREADS,
                n.pieces(TILE),
                m.pieces(TILE),
                Size.of(lowering.extents().of(matrices(node.output())))));
  }

  private void quantized(Node node) {
    ValueType type = node.output().type();
    Operand sums = lowering.storages().arena(new ValueType(DType.I32, type.dims()));
    product(node, 0, 2, 3, 5, sums);
    requantize(
        lowering,
        new Sums(
            node,
            sums,
            Size.of(lowering.extents().of(type.dim(-2))),
            Size.of(lowering.extents().of(type.dim(-1)))),
        node.input(1),
        node.input(4),
        null);
  }

  /** Exact sums [.., rows, columns] of a node whose inputs 6 and 7 say how to quantize them. */
  record Sums(Node node, Operand at, Size rows, Size columns) {}

  /**
   * RequantizeParams of quantize.h.
   *
   * @param a scale of all rows or of each
   * @param b scale of all columns or of each
   * @param bias of each row, or null
   */
  static void requantize(GpuLowering lowering, Sums sums, Value a, Value b, Value bias) {
    Node node = sums.node();
    Size count = Size.of(lowering.elements(node.output().type()));
    lowering
        .launch(node, "requantize")
        .memory(sums.at())
        .memory(lowering.single(a))
        .memory(lowering.single(b))
        .memory(lowering.single(node.input(6)))
        .memory(lowering.operand(node.input(7)))
        .memory(bias == null ? null : lowering.operand(bias))
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(sums.rows())
        .integer(sums.columns())
        .integer(share(a))
        .integer(share(b))
        .integer(bias != null)
        .integer(PlainType.code(node.output().type().dtype()))
        .run(Grid.items(count, THREADS));
  }
}
