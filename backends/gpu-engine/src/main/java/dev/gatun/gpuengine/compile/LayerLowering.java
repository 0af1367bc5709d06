package dev.gatun.gpuengine.compile;

import dev.gatun.engine.finish.FinishFusion;
import dev.gatun.engine.finish.FinishPart;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.IntegerConv;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Convolutions, with what can follow them before results are stored, and pools. */
final class LayerLowering implements OpLowering {
  private static final int THREADS = 256;
  private static final int SIMD = 32;
  private static final int TILE_PIXELS = 64;

  /** Up to so many pixels each number of a convolution is a sum of its own. */
  private static final int FEW_PIXELS = 4;

  /** Of {@code Finish} in finish.h. */
  private static final FinishFusion.Limits FINISH = new FinishFusion.Limits(4, 2);

  private final GpuLowering lowering;

  LayerLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.input(0).type().dtype();
    return switch (node.op()) {
      case Conv _, ConvTranspose _ when dtype == DType.F32 -> acceptance.computed(node, 1, 2);
      case Pool _ when dtype == DType.F32 -> "";
      case IntegerConv op -> integer(acceptance, node, op);
      default -> "no kernel for " + dtype;
    };
  }

  private static String integer(Acceptance acceptance, Node node, IntegerConv op) {
    ValueType weights = node.input(op.quantized() ? 3 : 1).type();
    for (ValueType type : List.of(node.input(0).type(), weights)) {
      if (PlainType.code(type.dtype()) < 0 || type.dtype().isFloat()) {
        return "no kernel for " + type.dtype();
      }
    }
    return op.quantized() ? acceptance.computed(node, 1, 4, 6) : "";
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Conv op -> conv(node, op);
      case ConvTranspose op -> transposed(node, op);
      case Pool op -> pool(node, op);
      case IntegerConv op -> integer(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  /** IntegerConvParams of quantize.h; what is quantized again goes through exact sums. */
  private void integer(Node node, IntegerConv op) {
    Value x = node.input(0);
    Value w = node.input(op.quantized() ? 3 : 1);
    Value xZero = QuantizeLowering.present(node, 2);
    Value wZero = QuantizeLowering.present(node, op.quantized() ? 5 : 3);
    ValueType type = node.output().type();
    Size count = Size.of(lowering.elements(type));
    Operand y =
        op.quantized()
            ? lowering.storages().arena(new ValueType(DType.I32, type.dims()))
            : lowering.result(node.output());
    KernelStep.Builder step =
        lowering
            .launch(node, "integer_conv")
            .memory(lowering.operand(x))
            .memory(lowering.operand(w))
            .memory(xZero == null ? null : lowering.operand(xZero))
            .memory(wZero == null ? null : lowering.operand(wZero))
            .memory(y)
            .integer(count)
            .integer(op.groups())
            .integer(size(w.type(), 1))
            .integer(size(w.type(), 0) / op.groups())
            .integer(PlainType.code(x.type().dtype()))
            .integer(PlainType.code(w.type().dtype()))
            .integer(QuantizeLowering.share(xZero))
            .integer(QuantizeLowering.share(wZero));
    spatial(step, x.type());
    spatial(step, type);
    windows(step, op.windows(), x.type());
    step.run(Grid.items(count, THREADS));
    if (op.quantized()) {
      Size channels = Size.of(lowering.extents().of(type.dim(1)));
      var sums = new QuantizeLowering.Sums(node, y, channels, pixels(type));
      QuantizeLowering.requantize(
          lowering, sums, node.input(4), node.input(1), QuantizeLowering.present(node, 8));
    }
  }

  private FinishFusion finish(Node node) {
    return new FinishFusion(lowering, node, FINISH, lowering::fuse);
  }

  private Size batch(Node node) {
    return Size.of(lowering.extents().of(node.input(0).type().dim(0)));
  }

  private Size pixels(ValueType type) {
    return Size.of(lowering.extents().of(type.dims().subList(2, type.rank())));
  }

  private static int size(ValueType weights, int axis) {
    return Math.toIntExact(weights.dim(axis).max());
  }

  /** What a launch of a convolution's kernel takes. */
  private record Layer(
      Node node, Windows windows, int groups, int in, int out, Operand y, FinishFusion finish) {}

  private void conv(Node node, Conv op) {
    ValueType weights = node.input(1).type();
    FinishFusion finish = finish(node);
    Operand y = lowering.result(finish.result());
    int in = size(weights, 1);
    int out = size(weights, 0) / op.groups();
    var layer = new Layer(node, op.windows(), op.groups(), in, out, y, finish);
    Size numbers = Size.of(lowering.elements(node.output().type()));
    if (in == 1 && op.groups() > 1) {
      launch("conv_depthwise", layer).run(Grid.items(numbers, THREADS));
      return;
    }
    Size pixels = pixels(node.output().type());
    Size few = pixels.within(1, FEW_PIXELS);
    Size sums = sizes -> few.of(sizes) == 0 ? 0 : numbers.of(sizes) * SIMD;
    launch("conv_point", layer).run(Grid.items(sums, THREADS));
    int rows = out <= 16 ? 16 : out <= 32 ? 32 : 64;
    launch("conv_" + rows, layer)
        .run(
            new Grid(
                THREADS,
                pixels.within(FEW_PIXELS + 1, Long.MAX_VALUE).pieces(TILE_PIXELS),
                Size.fixed(out).pieces(rows),
                batch(node).times(Size.fixed(op.groups()))));
  }

  private void transposed(Node node, ConvTranspose op) {
    ValueType weights = node.input(1).type();
    FinishFusion finish = finish(node);
    Operand y = lowering.result(finish.result());
    int in = size(weights, 0) / op.groups();
    var layer = new Layer(node, op.windows(), op.groups(), in, size(weights, 1), y, finish);
    launch("conv_transpose", layer)
        .run(Grid.items(Size.of(lowering.elements(node.output().type())), THREADS));
  }

  /** Memory and ConvParams of conv.h. */
  private KernelStep.Builder launch(String kernel, Layer layer) {
    Node node = layer.node();
    Operand bias = node.inputs().size() > 2 ? lowering.optional(node.input(2)) : null;
    List<Operand> others = layer.finish().others();
    ValueType type = node.output().type();
    KernelStep.Builder step =
        lowering
            .launch(node, kernel)
            .memory(lowering.operand(node.input(0)))
            .memory(lowering.single(node.input(1)))
            .memory(bias)
            .memory(others.isEmpty() ? null : others.get(0))
            .memory(others.size() < 2 ? null : others.get(1))
            .memory(layer.y())
            .integer(batch(node))
            .integer(layer.groups())
            .integer(layer.in())
            .integer(layer.out())
            .integer(bias != null)
            .integer(pixels(type));
    spatial(step, node.input(0).type());
    spatial(step, type);
    windows(step, layer.windows(), node.input(0).type());
    finish(step, layer.finish().parts());
    return step;
  }

  /** Extents of three spatial axes; missing ones lead with 1. */
  private void spatial(KernelStep.Builder step, ValueType type) {
    three(
        step,
        type.dims().subList(2, type.rank()).stream()
            .map(dim -> Size.of(lowering.extents().of(dim)))
            .toList(),
        1);
  }

  private static void three(KernelStep.Builder step, List<Size> sizes, int missing) {
    List<Size> all = new ArrayList<>(sizes);
    while (all.size() < 3) {
      all.addFirst(Size.fixed(missing));
    }
    step.integers(all, 3);
  }

  private static void numbers(KernelStep.Builder step, List<Long> numbers) {
    three(step, numbers.stream().map(Size::fixed).toList(), 1);
  }

  private void windows(KernelStep.Builder step, Windows windows, ValueType x) {
    numbers(step, windows.kernel());
    numbers(step, windows.strides());
    numbers(step, windows.dilations());
    List<Size> before = new ArrayList<>();
    for (int i = 0; i < windows.rank(); i++) {
      int axis = i;
      before.add(ofExtent(x, axis, extent -> windows.before(extent, axis)));
    }
    three(step, before, 0);
  }

  private Size ofExtent(ValueType x, int axis, LongUnaryOperator function) {
    Extent extent = lowering.extents().of(x.dim(2 + axis));
    return sizes -> function.applyAsLong(extent.of(sizes));
  }

  /** Finish of finish.h. */
  private static void finish(KernelStep.Builder step, List<FinishPart> parts) {
    step.integer(parts.size())
        .integer(parts.stream().anyMatch(FinishPart.Function.class::isInstance));
    for (int i = 0; i < FINISH.parts(); i++) {
      switch (i < parts.size() ? parts.get(i) : FinishPart.Curve.NONE) {
        case FinishPart.Curve curve ->
            step.integer(curve.gated() ? 1 : 0)
                .integer(0)
                .integer(0)
                .real(curve.factor())
                .real(curve.shift())
                .real(curve.low())
                .real(curve.high())
                .real(curve.lastFactor())
                .real(curve.lastShift());
        case FinishPart.Function(var function) -> plain(step, 2, ParameterBlock.code(function), 0);
        case FinishPart.Other(var function, boolean reversed, int other) ->
            plain(step, reversed ? 4 : 3, ParameterBlock.code(function), other);
      }
    }
  }

  private static void plain(KernelStep.Builder step, int kind, int function, int other) {
    step.integer(kind).integer(function).integer(other);
    for (int i = 0; i < 6; i++) {
      step.real(0);
    }
  }

  /** PoolParams of pool.h. */
  private void pool(Node node, Pool op) {
    Value x = node.input(0);
    Operand y = lowering.result(node.outputs().get(0));
    Operand places = op.indices() ? lowering.result(node.outputs().get(1)) : null;
    ValueType type = node.outputs().get(0).type();
    Size count = Size.of(lowering.elements(type));
    KernelStep.Builder step =
        lowering
            .launch(node, "pool")
            .memory(lowering.operand(x))
            .memory(y)
            .memory(places)
            .integer(count)
            .integer(ParameterBlock.code(op.kind()))
            .integer(op.countPadding())
            .real((float) op.power())
            .integer(op.indices())
            .integer(op.columnMajor());
    spatial(step, x.type());
    spatial(step, type);
    windows(step, op.windows(), x.type());
    List<Size> after = new ArrayList<>();
    for (int i = 0; i < op.windows().rank(); i++) {
      int axis = i;
      after.add(ofExtent(x.type(), axis, extent -> op.windows().after(extent, axis)));
    }
    three(step, after, 0);
    step.run(Grid.items(count, THREADS));
  }
}
