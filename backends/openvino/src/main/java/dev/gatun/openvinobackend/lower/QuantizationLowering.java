package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I32;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** Integers with scales and zero points. */
final class QuantizationLowering {
  /** Products of two bytes that single precision adds without rounding. */
  private static final long EXACT = (1L << 24) / (255 * 255);

  private final Operands operands;
  private final Emitter emit;

  QuantizationLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  static String refusal(int block) {
    return block == 0 ? "" : "scales of blocks of QuantizeLinear are not lowered to OpenVINO";
  }

  /** Why a product of integers is refused; empty when it is not. */
  static String refusalOfProduct(Node node) {
    Dim k = node.input(0).type().dim(node.input(0).type().rank() - 1);
    return k instanceof Dim.Fixed(long size) && size <= EXACT
        ? ""
        : "sums of more than %d products of bytes are rounded by OpenVINO".formatted(EXACT);
  }

  Output quantize(Node node, QuantizeLinear op) {
    int rank = Operands.rank(node, 0);
    Output x = operands.single(node, 0);
    Output scale = along(node, 1, rank, op.axis());
    Output zero = Operands.has(node, 2) ? along(node, 2, rank, op.axis()) : emit.real(0);
    return quantized(x, scale, zero, op.to());
  }

  private Output quantized(Output x, Output scale, Output zero, DType to) {
    Output steps =
        emit.ir()
            .layer("Round", "opset5", "mode=\"half_to_even\"", emit.binary("Divide", x, scale));
    Output y = emit.binary("Add", steps, zero);
    long least = to == DType.I8 ? -128 : to == DType.I16 ? -32_768 : 0;
    long most = to == DType.I8 ? 127 : to == DType.U8 ? 255 : to == DType.I16 ? 32_767 : 65_535;
    Output inside =
        emit.ir().layer("Clamp", "opset1", "min=\"%d\" max=\"%d\"".formatted(least, most), y);
    return emit.ir().convert(inside, ElementTypes.of(to));
  }

  Output dequantize(Node node, DequantizeLinear op) {
    int rank = Operands.rank(node, 0);
    Output x = operands.single(node, 0);
    if (Operands.has(node, 2)) {
      x = emit.binary("Subtract", x, along(node, 2, rank, op.axis()));
    }
    return emit.binary("Multiply", x, along(node, 1, rank, op.axis()));
  }

  /** One number, or one per element of an axis of x. */
  private Output along(Node node, int index, int rank, int axis) {
    Output value = operands.single(node, index);
    if (Operands.rank(node, index) == 0) {
      return value;
    }
    long[] dims = new long[Math.max(1, rank)];
    Arrays.fill(dims, 1);
    boolean one = node.input(index).type().dim(0).is(1);
    dims[one || rank == 0 ? 0 : Math.floorMod(axis, rank)] = -1;
    return emit.reshape(value, dims);
  }

  List<Output> dynamic(Node node) {
    Output x = operands.single(node, 0);
    long[] all = new long[Operands.rank(node, 0)];
    Arrays.setAll(all, axis -> axis);
    Output low = emit.binary("Minimum", emit.reduce("ReduceMin", x, false, all), emit.real(0));
    Output high = emit.binary("Maximum", emit.reduce("ReduceMax", x, false, all), emit.real(0));
    Output scale = emit.binary("Divide", emit.binary("Subtract", high, low), emit.real(255));
    Output zero = quantized(emit.unary("Negative", "opset1", low), scale, emit.real(0), DType.U8);
    Output y = quantized(x, scale, emit.ir().convert(zero, F32), DType.U8);
    return List.of(y, scale, zero);
  }

  Output product(Node node) {
    Output a = operands.single(node, 0);
    Output b = operands.single(node, 1);
    if (Operands.has(node, 2)) {
      Output zero = operands.single(node, 2);
      boolean rows = Operands.rank(node, 2) == 1 && !node.input(2).type().dim(0).is(1);
      a = emit.binary("Subtract", a, rows ? emit.unsqueeze(zero, 1) : zero);
    }
    if (Operands.has(node, 3)) {
      b = emit.binary("Subtract", b, operands.single(node, 3));
    }
    return emit.ir().convert(emit.matMul(a, b, false), I32);
  }
}
