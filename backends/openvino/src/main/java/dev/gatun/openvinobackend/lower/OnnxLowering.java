package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.DynamicQuantizeLinear;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Einsum;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.Hardmax;
import dev.gatun.graph.op.LocalResponseNormalization;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.Mod;
import dev.gatun.graph.op.NonZero;
import dev.gatun.graph.op.NumberTest;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.OnnxOp;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Range;
import dev.gatun.graph.op.ReduceAxes;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.TopK;
import dev.gatun.graph.op.Trilu;
import dev.gatun.graph.op.Where;
import dev.gatun.openvinobackend.ir.Output;
import java.util.List;

/** The ops that stand in a graph as ONNX has them. */
final class OnnxLowering {
  private static final String OPEN_RANK =
      "which axes there are is decided by data, and OpenVINO's CPU plugin has no open rank";

  private final Operands operands;
  private final Emitter emit;
  private final ElementLowering elements;
  private final PickingLowering picking;
  private final QuantizationLowering quantization;

  OnnxLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
    elements = new ElementLowering(operands);
    picking = new PickingLowering(operands);
    quantization = new QuantizationLowering(operands);
  }

  /** Why an op is refused; empty when it is not. */
  static String refusal(Node node, OnnxOp onnx) {
    return switch (onnx) {
      case Bits op -> ElementLowering.refusal(op);
      case Mod op -> ElementLowering.refusal(node, op);
      case Pad op -> PickingLowering.refusal(node, op);
      case ChangeRank _ -> OPEN_RANK;
      case Trilu _ -> PickingLowering.refusalOfTriangle(node);
      case GatherNd op -> PickingLowering.refusal(node, op);
      case ScatterNd _ ->
          lastDim(node.input(1)) instanceof Dim.Fixed ? "" : "tuples of unknown length";
      case QuantizeLinear op -> QuantizationLowering.refusal(op.block());
      case DequantizeLinear op -> QuantizationLowering.refusal(op.block());
      case MatMulInteger _ -> QuantizationLowering.refusalOfProduct(node);
      case ReduceAxes op -> refusal(node, op);
      case StridedSlice _ ->
          node.input(1).type().dim(0) instanceof Dim.Fixed ? "" : "ranges of unknown number";
      case Comparison _,
          Elementwise _,
          Where _,
          NumberTest _,
          ArgReduce _,
          TopK _,
          CumSum _,
          GatherElements _,
          ScatterElements _,
          Expand _,
          Tile _,
          SplitParts _,
          DynamicReshape _,
          OneHot _,
          Range _,
          ConstantOfShape _,
          Einsum _,
          Hardmax _,
          LocalResponseNormalization _,
          DynamicQuantizeLinear _,
          NonZero _,
          ReverseSequence _ ->
          "";
      default -> onnx.type() + " is not lowered to OpenVINO";
    };
  }

  private static String refusal(Node node, ReduceAxes op) {
    if (!op.keepDims()) {
      return OPEN_RANK;
    }
    boolean some =
        node.input(1).type().dim(0) instanceof Dim.Fixed(long count) && (count > 0 || op.noop());
    return some ? "" : "axes of unknown number";
  }

  private static Dim lastDim(Value value) {
    return value.type().dim(value.type().rank() - 1);
  }

  List<Output> run(Node node, OnnxOp onnx) {
    return switch (onnx) {
      case Comparison op -> List.of(elements.compare(node, op));
      case Bits op -> List.of(elements.logic(node, op));
      case Elementwise op -> List.of(elements.apply(node, op));
      case Where _ -> List.of(elements.pick(node));
      case Mod op -> List.of(elements.remainder(node, op));
      case NumberTest op -> List.of(elements.test(node, op));
      case ArgReduce op -> List.of(picking.argument(node, op));
      case TopK op -> picking.top(node, op);
      case CumSum op -> List.of(picking.cumulate(node, op));
      case GatherElements op -> List.of(picking.gather(node, op));
      case GatherNd op -> List.of(picking.gather(node, op));
      case ScatterElements op -> List.of(picking.scatter(node, op));
      case ScatterNd op -> List.of(picking.scatter(node, op));
      case Expand _ -> List.of(picking.expand(node));
      case Tile _ -> List.of(picking.tile(node));
      case Pad op -> List.of(picking.pad(node, op));
      case StridedSlice _ -> List.of(picking.slice(node));
      case SplitParts op -> picking.split(node, op);
      case DynamicReshape op -> List.of(picking.reshape(node, op));
      case OneHot op -> List.of(picking.oneHot(node, op));
      case Trilu op -> List.of(picking.triangle(node, op));
      case Range op -> List.of(picking.range(node, op));
      case ConstantOfShape op -> List.of(picking.constant(node, op));
      case Hardmax op -> List.of(picking.hardmax(node, op.axis()));
      case ReverseSequence op -> List.of(picking.reversed(node, op));
      case NonZero _ -> List.of(picking.nonZero(node));
      case QuantizeLinear op -> List.of(quantization.quantize(node, op));
      case DequantizeLinear op -> List.of(quantization.dequantize(node, op));
      case DynamicQuantizeLinear _ -> quantization.dynamic(node);
      case MatMulInteger _ -> List.of(quantization.product(node));
      case ReduceAxes op -> List.of(reduce(node, op));
      case Einsum op -> List.of(einsum(node, op));
      case LocalResponseNormalization op -> List.of(normalize(node, op));
      default -> throw new IllegalStateException(onnx + " is refused");
    };
  }

  private Output reduce(Node node, ReduceAxes op) {
    return emit.reduce(op.function(), operands.get(node, 0), op.keepDims(), operands.get(node, 1));
  }

  private Output einsum(Node node, Einsum op) {
    Output[] inputs = new Output[node.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = operands.single(node, i);
    }
    String equation = op.equation().replace(" ", "").replace(">", "&gt;");
    return emit.ir().layer(F32, "Einsum", "opset7", "equation=\"" + equation + "\"", inputs);
  }

  private Output normalize(Node node, LocalResponseNormalization op) {
    String attributes =
        "alpha=\"%s\" beta=\"%s\" bias=\"%s\" size=\"%d\""
            .formatted(op.alpha(), op.beta(), op.bias(), op.size());
    return emit.ir().layer("LRN", "opset1", attributes, operands.single(node, 0), emit.integers(1));
  }
}
