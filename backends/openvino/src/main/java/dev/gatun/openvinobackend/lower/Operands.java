package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Node;
import dev.gatun.openvinobackend.ir.Output;
import java.util.function.ToIntFunction;

/** What a node reads, as outputs of layers; and what lowerings write layers with. */
final class Operands {
  /** The output of a node's input. */
  interface Inputs {
    Output get(Node node, int index);
  }

  private final Emitter emit;
  private final DimLowering dims;
  private final Inputs inputs;

  Operands(Emitter emit, DimLowering dims, Inputs inputs) {
    this.emit = emit;
    this.dims = dims;
    this.inputs = inputs;
  }

  Emitter emit() {
    return emit;
  }

  DimLowering dims() {
    return dims;
  }

  static boolean has(Node node, int index) {
    return index < node.inputs().size() && !node.input(index).isAbsent();
  }

  static int rank(Node node, int index) {
    return node.input(index).type().rank();
  }

  Output get(Node node, int index) {
    return inputs.get(node, index);
  }

  /** In single precision. */
  Output single(Node node, int index) {
    return emit.ir().convert(get(node, index), F32);
  }

  /** One number of I64, without dimensions. */
  Output number(Node node, int index) {
    return emit.ir().convert(emit.scalarOf(get(node, index)), ElementTypes.I64);
  }

  /** The element type that the node's output has. */
  static String type(Node node, int output) {
    return ElementTypes.of(node.outputs().get(output).type().dtype());
  }

  /** An axis from 0. */
  static int axis(Node node, int axis, ToIntFunction<Node> rank) {
    return Math.floorMod(axis, rank.applyAsInt(node));
  }
}
