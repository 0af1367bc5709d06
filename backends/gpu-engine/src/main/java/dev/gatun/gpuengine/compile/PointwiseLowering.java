package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import java.util.List;

/** Ops that compute each element by itself. */
final class PointwiseLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  PointwiseLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return switch (node.op()) {
      case GatedActivation _ -> acceptance.computed(node, 0, 1);
      case Unary _, Elementwise _ -> of(node.input(0), List.of(DType.F32));
      case Binary op -> binary(node, op);
      case Comparison _ -> {
        List<DType> compared = List.of(DType.F32, DType.I32, DType.I64, DType.U8, DType.BOOL);
        String reason = of(node.input(0), compared);
        yield reason.isEmpty() ? broadcast(node).refusal() : reason;
      }
      case Where _ -> acceptance.moved(node, broadcast(node), 1, 2);
      case Cast op -> {
        boolean widened = acceptance.isConstant(node.input(0));
        DType from = node.input(0).type().dtype();
        yield (castCode(from) < 0 && !(widened && from.isFloat())) || castCode(op.to()) < 0
            ? "no kernel that makes " + op.to() + " of " + from
            : "";
      }
      default -> "no kernel for " + node.op().type();
    };
  }

  private static String of(Value value, List<DType> dtypes) {
    return dtypes.contains(value.type().dtype()) ? "" : "no kernel for " + value.type().dtype();
  }

  private static String binary(Node node, Binary op) {
    DType dtype = node.output().type().dtype();
    boolean whole = dtype == DType.I32 || dtype == DType.I64;
    if (dtype != DType.F32 && (!whole || op.function() == Binary.Function.POW)) {
      return "no kernel for " + dtype;
    }
    return broadcast(node).refusal();
  }

  private static Axes broadcast(Node node) {
    return Axes.broadcast(
        node.output().type().dims(),
        node.inputs().stream().map(input -> input.type().dims()).toList());
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case GatedActivation op -> gated(node, op);
      case Unary op -> unary(node, "unary_f32", ParameterBlock.code(op.function()), 0, 0);
      case Elementwise op ->
          unary(node, "elementwise_f32", ParameterBlock.code(op.function()), op.alpha(), op.beta());
      case Binary op -> binary(node, op.function());
      case Comparison op -> compare(node, op);
      case Where _ -> where(node);
      case Cast op -> cast(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private Size elements(ValueType type) {
    return Size.of(lowering.elements(type));
  }

  private Grid grid(ValueType type) {
    return Grid.items(elements(type), THREADS);
  }

  private void unary(Node node, String kernel, int function, double alpha, double beta) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.resultOver(node.output(), x);
    lowering
        .launch(node, kernel)
        .memory(in)
        .memory(y)
        .integer(elements(x.type()))
        .integer(function)
        .real(alpha)
        .real(beta)
        .run(grid(x.type()));
  }

  private void binary(Node node, Binary.Function function) {
    Value a = node.input(0);
    Value b = node.input(1);
    ValueType type = node.output().type();
    Operand left = lowering.operand(a);
    Operand right = lowering.operand(b);
    // What repeats is read by several threads: nobody may write there.
    boolean overA = a.type().equals(type) && lowering.views().mayOverwrite(a);
    Value source = overA ? a : b.type().equals(type) ? b : Value.ABSENT;
    Operand y = lowering.resultOver(node.output(), source);
    pair(
        node,
        "binary_" + Acceptance.suffix(type.dtype()),
        ParameterBlock.code(function),
        left,
        right,
        y);
  }

  private void compare(Node node, Comparison op) {
    DType dtype = node.input(0).type().dtype();
    String kernel = "compare_" + Acceptance.suffix(dtype == DType.BOOL ? DType.U8 : dtype);
    Operand left = lowering.operand(node.input(0));
    Operand right = lowering.operand(node.input(1));
    Operand y = lowering.result(node.output());
    pair(node, kernel, ParameterBlock.code(op.function()), left, right, y);
  }

  /** PairParams of elementwise.h. */
  private void pair(
      Node node, String kernel, int function, Operand left, Operand right, Operand y) {
    ValueType type = node.output().type();
    Axes axes = broadcast(node);
    axes.addTo(
            lowering
                .launch(node, kernel)
                .memory(left)
                .memory(right)
                .memory(y)
                .integer(elements(type))
                .integer(function)
                .integer(axes.rank()),
            lowering.extents())
        .run(grid(type));
  }

  private void where(Node node) {
    ValueType type = node.output().type();
    Axes axes = broadcast(node);
    axes.addTo(
            lowering
                .launch(node, "where_" + type.dtype().blockBytes())
                .memory(lowering.moved(node.input(0)))
                .memory(lowering.moved(node.input(1)))
                .memory(lowering.moved(node.input(2)))
                .memory(lowering.result(node.output()))
                .integer(elements(type))
                .integer(axes.rank()),
            lowering.extents())
        .run(grid(type));
  }

  private void cast(Node node, Cast op) {
    Value x = node.input(0);
    DType stored = x.type().dtype();
    DType from = lowering.isConstant(x) && stored.isFloat() ? DType.F32 : stored;
    lowering
        .launch(node, "cast")
        .memory(lowering.operand(x))
        .memory(lowering.result(node.output()))
        .integer(elements(x.type()))
        .integer(castCode(from))
        .integer(castCode(op.to()))
        .run(grid(x.type()));
  }

  /** The number of a dtype in elementwise.h; negative when kernels have none. */
  private static int castCode(DType dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 2;
      case I8 -> 3;
      case I16 -> 4;
      case I32 -> 5;
      case I64 -> 6;
      case U8 -> 7;
      case U16 -> 8;
      case U32 -> 9;
      case BOOL -> 10;
      default -> -1;
    };
  }

  private void gated(Node node, GatedActivation op) {
    Operand gate = lowering.operand(node.input(0));
    Operand up = lowering.operand(node.input(1));
    Operand y = lowering.resultOver(node.output(), node.input(0));
    List<Dim> dims = node.output().type().dims();
    Size rows = Size.of(lowering.rows(node.output().type()));
    Size width = dims.isEmpty() ? Size.fixed(1) : Size.of(lowering.extents().of(dims.getLast()));
    lowering
        .launch(node, "gated")
        .memory(gate)
        .memory(up)
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(ParameterBlock.code(op.activation()))
        .integer(width)
        .integer(width)
        .run(Grid.groups(width.pieces(THREADS), rows, THREADS));
  }
}
