package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Mod;
import dev.gatun.graph.op.NumberTest;
import dev.gatun.graph.op.Sizing;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ops that compute each element by itself. */
final class PointwiseLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Where functions of Mod and Bits begin behind those of Binary, in whole.h. */
  private static final int MOD = Binary.Function.values().length;

  private static final int BITS = MOD + 2;

  private final GpuLowering lowering;

  PointwiseLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return switch (node.op()) {
      case GatedActivation _ -> acceptance.computed(node, 0, 1);
      case Unary _ when isDouble(acceptance, node.input(0)) -> "";
      case Unary _, Elementwise _ -> of(node.input(0), List.of(DType.F32));
      case Binary _, Mod _, Comparison _ when isDouble(acceptance, node.input(0)) ->
          broadcast(node).refusal();
      case Binary _, Mod _, Comparison _, Bits _ -> {
        DType dtype = node.input(0).type().dtype();
        yield dtype == DType.F32 || isWhole(dtype)
            ? broadcast(node).refusal()
            : "no kernel for " + dtype;
      }
      case NumberTest _ ->
          PlainType.code(dtype(acceptance, node.input(0))) < 0
              ? "no kernel for " + node.input(0).type().dtype()
              : "";
      case Where _ -> acceptance.moved(node, broadcast(node), 1, 2);
      case Cast op
          when isDouble(acceptance, node.input(0)) || isDouble(acceptance, node.output()) ->
          isNumber(node.input(0)) && isNumber(node.output())
              ? ""
              : "no kernel that makes " + op.to() + " of " + node.input(0).type().dtype();
      case Cast op -> {
        DType from = node.input(0).type().dtype();
        yield PlainType.code(dtype(acceptance, node.input(0))) < 0 || PlainType.code(op.to()) < 0
            ? "no kernel that makes " + op.to() + " of " + from
            : "";
      }
      default -> "no kernel for " + node.op().type();
    };
  }

  private static String of(Value value, List<DType> dtypes) {
    return dtypes.contains(value.type().dtype()) ? "" : "no kernel for " + value.type().dtype();
  }

  /** Whether a value is F64, and kernels for it are there. */
  private static boolean isDouble(Acceptance acceptance, Value value) {
    return value.type().dtype() == DType.F64 && acceptance.has("binary_f64");
  }

  private static boolean isNumber(Value value) {
    return value.type().dtype() == DType.F64 || PlainType.code(value.type().dtype()) >= 0;
  }

  private static boolean isWhole(DType dtype) {
    return PlainType.code(dtype) >= 0 && !dtype.isFloat();
  }

  /** What kernels read a value as: constants of floating-point numbers become F32. */
  private static DType dtype(Acceptance acceptance, Value value) {
    DType dtype = value.type().dtype();
    return acceptance.isConstant(value) && dtype.isFloat() ? DType.F32 : dtype;
  }

  /** What a function of one number gets twice is walked over twice. */
  private static Axes broadcast(Node node) {
    List<List<Dim>> dims =
        new ArrayList<>(node.inputs().stream().map(input -> input.type().dims()).toList());
    if (dims.size() == 1) {
      dims.add(dims.getFirst());
    }
    return Axes.broadcast(node.output().type().dims(), dims);
  }

  @Override
  public void lower(Node node) {
    if (DataSizes.areFoundBy(node)) {
      findSizes(node);
    }
    switch (node.op()) {
      case GatedActivation op -> gated(node, op);
      case Unary op when node.input(0).type().dtype() == DType.F64 -> doubles(node, op);
      case Unary op -> unary(node, "unary_f32", ParameterBlock.code(op.function()), 0, 0);
      case Elementwise op ->
          unary(node, "elementwise_f32", ParameterBlock.code(op.function()), op.alpha(), op.beta());
      case Binary op -> binary(node, ParameterBlock.code(op.function()));
      case Mod op -> binary(node, MOD + (op.fmod() ? 1 : 0));
      case Bits op -> binary(node, BITS + ParameterBlock.code(op.function()));
      case Comparison op -> compare(node, op);
      case NumberTest op -> test(node, op);
      case Where _ -> where(node);
      case Cast op -> cast(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  /** Of extents that meet at run time each may be 1, and repeats: their sizes tell the result's. */
  private void findSizes(Node node) {
    List<Place> inputs = node.inputs().stream().map(value -> Place.of(lowering, value)).toList();
    lowering.add(
        new SizesStep(
            node, inputs, Set.of(), sizing -> List.of(resultShape(node, sizing)), lowering.slot()));
  }

  private static Shape resultShape(Node node, Sizing sizing) {
    List<ValueType> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(ValueType.of(node.input(i).type().dtype(), sizing.shape(i)));
    }
    return node.op().infer(inputs).getFirst().resolve(Map.of());
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

  private void binary(Node node, int function) {
    Value a = node.input(0);
    // A function of one number gets it twice.
    Value b = node.inputs().get(node.inputs().size() > 1 ? 1 : 0);
    ValueType type = node.output().type();
    Operand left = lowering.read(a);
    Operand right = lowering.read(b);
    // What repeats is read by several threads: nobody may write there.
    boolean overA = a.type().equals(type) && lowering.views().mayOverwrite(a);
    Value source = overA ? a : b.type().equals(type) ? b : Value.ABSENT;
    Operand y = lowering.resultOver(node.output(), source);
    pair(node, "binary_", function, left, right, y);
  }

  private void compare(Node node, Comparison op) {
    Operand left = lowering.read(node.input(0));
    Operand right = lowering.read(node.input(1));
    Operand y = lowering.result(node.output());
    pair(node, "compare_", ParameterBlock.code(op.function()), left, right, y);
  }

  private void test(Node node, NumberTest op) {
    Value x = node.input(0);
    DType stored = x.type().dtype();
    lowering
        .launch(node, "number_test")
        .memory(lowering.operand(x))
        .memory(lowering.result(node.output()))
        .integer(elements(x.type()))
        .integer(PlainType.code(lowering.isConstant(x) ? DType.F32 : stored))
        .integer(!op.infinite())
        .integer(op.negative())
        .integer(op.positive())
        .run(grid(x.type()));
  }

  /** PairParams of pair.h. */
  private void pair(
      Node node, String kernel, int function, Operand left, Operand right, Operand y) {
    DType dtype = node.input(0).type().dtype();
    ValueType type = node.output().type();
    Axes axes = broadcast(node);
    axes.addTo(
            lowering
                .launch(node, kernel + (dtype.isFloat() ? Acceptance.suffix(dtype) : "whole"))
                .memory(left)
                .memory(right)
                .memory(y)
                .integer(elements(type))
                .integer(function)
                .integer(axes.rank()),
            lowering.extents())
        .integer(PlainType.code(dtype))
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

  /** DoubleUnaryParams of double.h. */
  private void doubles(Node node, Unary op) {
    Value x = node.input(0);
    lowering
        .launch(node, "unary_f64")
        .memory(lowering.read(x))
        .memory(lowering.result(node.output()))
        .integer(elements(x.type()))
        .integer(ParameterBlock.code(op.function()))
        .run(grid(x.type()));
  }

  /** DoubleCastParams of double.h: dtypes as they are stored. */
  private void doubles(Node node, Cast op) {
    Value x = node.input(0);
    lowering
        .launch(node, "cast_f64")
        .memory(lowering.moved(x))
        .memory(lowering.result(node.output()))
        .integer(elements(x.type()))
        .integer(PlainType.wideCode(x.type().dtype()))
        .integer(PlainType.wideCode(op.to()))
        .run(grid(x.type()));
  }

  private void cast(Node node, Cast op) {
    Value x = node.input(0);
    DType stored = x.type().dtype();
    if (stored == DType.F64 || op.to() == DType.F64) {
      doubles(node, op);
      return;
    }
    DType from = lowering.isConstant(x) && stored.isFloat() ? DType.F32 : stored;
    lowering
        .launch(node, "cast")
        .memory(lowering.operand(x))
        .memory(lowering.result(node.output()))
        .integer(elements(x.type()))
        .integer(PlainType.code(from))
        .integer(PlainType.code(op.to()))
        .run(grid(x.type()));
  }

  private void gated(Node node, GatedActivation op) {
    ColumnRange gate = ColumnRange.of(lowering, node.input(0));
    ColumnRange up = ColumnRange.of(lowering, node.input(1));
    Operand y =
        gate.part()
            ? lowering.result(node.output())
            : lowering.resultOver(node.output(), node.input(0));
    List<Dim> dims = node.output().type().dims();
    Size rows = Size.of(lowering.rows(node.output().type()));
    Size width = dims.isEmpty() ? Size.fixed(1) : Size.of(lowering.extents().of(dims.getLast()));
    lowering
        .launch(node, "gated")
        .memory(gate.at())
        .memory(up.at())
        .memory(y)
        .integer(rows)
        .integer(width)
        .integer(ParameterBlock.code(op.activation()))
        .integer(gate.stride())
        .integer(up.stride())
        .run(Grid.groups(width.pieces(THREADS), rows, THREADS));
  }
}
