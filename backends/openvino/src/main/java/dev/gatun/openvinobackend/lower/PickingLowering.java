package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I64;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Range;
import dev.gatun.graph.op.Reduction;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.TopK;
import dev.gatun.graph.op.Trilu;
import dev.gatun.openvinobackend.ir.Output;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Ops of ONNX that pick, place, repeat, order and arrange elements. */
final class PickingLowering {
  private final Operands operands;
  private final Emitter emit;

  PickingLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  static String refusal(Node node, Pad op) {
    if (op.mode() == Pad.Mode.WRAP) {
      return "OpenVINO pads with no other end";
    }
    return Operands.has(node, 3) ? "padding of axes that are an input is not lowered" : "";
  }

  /** OpenVINO 2026.4 writes beyond its memory when it folds what this is without elements. */
  static String refusalOfTriangle(Node node) {
    return node.input(0).type().dims().stream().anyMatch(dim -> dim.is(0))
        ? "a triangle without elements"
        : "";
  }

  /** [rank of data] extents; one of them, I64 without dimensions. */
  private Output extent(Output x, int axis) {
    return emit.gather(emit.shapeOf(x), emit.ir().integer(axis), 0);
  }

  Output argument(Node node, ArgReduce op) {
    Output x = operands.get(node, 0);
    Output index;
    if (op.last()) {
      Output back =
          emit.ir()
              .layer(
                  "Slice",
                  "opset8",
                  "",
                  x,
                  emit.integers(-1),
                  emit.integers(Long.MIN_VALUE),
                  emit.integers(-1),
                  emit.integers(op.axis()));
      Output fromEnd = top(emit, back, emit.ir().integer(1), op.axis(), op.max()).get(1);
      Output last = emit.binary("Subtract", extent(x, op.axis()), emit.ir().integer(1));
      index = emit.binary("Subtract", last, fromEnd);
    } else {
      index = top(emit, x, emit.ir().integer(1), op.axis(), op.max()).get(1);
    }
    return op.keepDims() ? index : emit.squeeze(index, op.axis());
  }

  List<Output> top(Node node, TopK op) {
    return top(emit, operands.get(node, 0), operands.number(node, 1), op.axis(), op.largest());
  }

  /**
   * Values and indices of the first elements in order; of equal ones the one with the lower index.
   */
  static List<Output> top(Emitter emit, Output x, Output count, int axis, boolean largest) {
    String attributes =
        "axis=\"%d\" mode=\"%s\" sort=\"value\" index_element_type=\"i64\" stable=\"true\""
            .formatted(axis, largest ? "max" : "min");
    return emit.ir().layers(List.of(x.type(), I64), "TopK", "opset11", attributes, x, count);
  }

  Output cumulate(Node node, CumSum op) {
    String attributes = "exclusive=\"%s\" reverse=\"%s\"".formatted(op.exclusive(), op.reverse());
    return emit.ir()
        .layer("CumSum", "opset3", attributes, operands.get(node, 0), operands.number(node, 1));
  }

  Output gather(Node node, GatherElements op) {
    Output data = operands.get(node, 0);
    Output indices =
        ElementLowering.fromStart(emit, operands.get(node, 1), extent(data, op.axis()));
    // OpenVINO wants the same extents along the other axes, where ONNX takes smaller ones.
    for (int axis = 0; axis < Operands.rank(node, 0); axis++) {
      Dim picked = node.input(1).type().dim(axis);
      if (axis != op.axis() && !picked.equals(node.input(0).type().dim(axis))) {
        // Not a slice: a pass of OpenVINO's takes those away here.
        Output first = count(emit.scalarOf(operands.dims().extent(picked)));
        data = emit.gather(data, first, axis);
      }
    }
    return emit.ir().layer("GatherElements", "opset6", "axis=\"" + op.axis() + "\"", data, indices);
  }

  Output gather(Node node, GatherNd op) {
    Output data = operands.get(node, 0);
    Value tuples = node.input(1);
    long named = tuples.type().dim(tuples.type().rank() - 1).max();
    Output extents = emit.slice(emit.shapeOf(data), 0, op.batchDims(), op.batchDims() + named);
    Output indices = ElementLowering.fromStart(emit, operands.get(node, 1), extents);
    String attributes = "batch_dims=\"" + op.batchDims() + "\"";
    return emit.ir().layer("GatherND", "opset8", attributes, data, indices);
  }

  static String refusal(Node node, GatherNd op) {
    Value tuples = node.input(1);
    boolean known = tuples.type().dim(tuples.type().rank() - 1) instanceof Dim.Fixed;
    return known ? "" : "tuples of unknown length";
  }

  Output scatter(Node node, ScatterElements op) {
    Output data = operands.get(node, 0);
    Output indices =
        ElementLowering.fromStart(emit, operands.get(node, 1), extent(data, op.axis()));
    String attributes = "reduction=\"%s\" use_init_val=\"true\"".formatted(name(op.reduction()));
    return emit.ir()
        .layer(
            "ScatterElementsUpdate",
            "opset12",
            attributes,
            data,
            indices,
            operands.get(node, 2),
            emit.ir().integer(op.axis()));
  }

  Output scatter(Node node, ScatterNd op) {
    Output data = operands.get(node, 0);
    Value tuples = node.input(1);
    long named = tuples.type().dim(tuples.type().rank() - 1).max();
    Output extents = emit.slice(emit.shapeOf(data), 0, 0, named);
    Output indices = ElementLowering.fromStart(emit, operands.get(node, 1), extents);
    String attributes = "reduction=\"" + name(op.reduction()) + "\"";
    return emit.ir()
        .layer("ScatterNDUpdate", "opset15", attributes, data, indices, operands.get(node, 2));
  }

  private static String name(Reduction reduction) {
    return switch (reduction) {
      case NONE -> "none";
      case ADD -> "sum";
      case MUL -> "prod";
      case MAX -> "max";
      case MIN -> "min";
    };
  }

  Output expand(Node node) {
    return emit.broadcast(operands.get(node, 0), operands.get(node, 1));
  }

  Output tile(Node node) {
    return emit.ir().layer("Tile", "opset1", "", operands.get(node, 0), operands.get(node, 1));
  }

  Output pad(Node node, Pad op) {
    Output x = operands.get(node, 0);
    long rank = Operands.rank(node, 0);
    Output pads = operands.get(node, 1);
    Output begin = emit.slice(pads, 0, 0, rank);
    Output end = emit.slice(pads, 0, rank, 2 * rank);
    String attributes = "pad_mode=\"" + op.mode().name().toLowerCase(Locale.ROOT) + "\"";
    if (op.mode() != Pad.Mode.CONSTANT) {
      return emit.ir().layer("Pad", "opset12", attributes, x, begin, end);
    }
    Output value =
        Operands.has(node, 2)
            ? emit.ir().convert(emit.scalarOf(operands.get(node, 2)), x.type())
            : emit.scalar(0, x.type());
    return emit.ir().layer("Pad", "opset12", attributes, x, begin, end, value);
  }

  Output slice(Node node) {
    Output x = operands.get(node, 0);
    Output starts = operands.get(node, 1);
    int count = (int) node.input(1).type().dim(0).max();
    Output steps =
        Operands.has(node, 4)
            ? operands.get(node, 4)
            : emit.integers(Collections.nCopies(count, 1L).stream().mapToLong(i -> i).toArray());
    if (!Operands.has(node, 3)) {
      return emit.ir().layer("Slice", "opset8", "", x, starts, operands.get(node, 2), steps);
    }
    return emit.ir()
        .layer(
            "Slice", "opset8", "", x, starts, operands.get(node, 2), steps, operands.get(node, 3));
  }

  List<Output> split(Node node, SplitParts op) {
    Output x = operands.get(node, 0);
    List<String> types = Collections.nCopies(op.lengths().size(), x.type());
    return emit.ir()
        .layers(
            types,
            "VariadicSplit",
            "opset1",
            "",
            x,
            emit.ir().integer(op.axis()),
            operands.get(node, 1));
  }

  Output reshape(Node node, DynamicReshape op) {
    String attributes = "special_zero=\"" + !op.allowZero() + "\"";
    return emit.ir()
        .layer("Reshape", "opset1", attributes, operands.get(node, 0), operands.get(node, 1));
  }

  Output oneHot(Node node, OneHot op) {
    Output depth = operands.number(node, 1);
    Output indices = ElementLowering.fromStart(emit, operands.get(node, 0), depth);
    Output values = operands.get(node, 2);
    Output off = emit.gather(values, emit.ir().integer(0), 0);
    Output on = emit.gather(values, emit.ir().integer(1), 0);
    return emit.ir()
        .layer(
            values.type(),
            "OneHot",
            "opset1",
            "axis=\"" + op.axis() + "\"",
            indices,
            depth,
            on,
            off);
  }

  Output triangle(Node node, Trilu op) {
    Output x = operands.get(node, 0);
    int rank = Operands.rank(node, 0);
    Output rows = emit.unsqueeze(count(extent(x, rank - 2)), 1);
    Output columns = emit.unsqueeze(count(extent(x, rank - 1)), 0);
    Output k = Operands.has(node, 1) ? operands.number(node, 1) : emit.ir().integer(0);
    Output right = emit.binary("Subtract", columns, rows);
    Output kept = emit.compare(op.upper() ? "GreaterEqual" : "LessEqual", right, k);
    return emit.select(kept, x, emit.scalar(0, x.type()));
  }

  /** 0, 1 … of I64. */
  private Output count(Output stop) {
    return range(emit.ir().integer(0), stop, emit.ir().integer(1), I64);
  }

  private Output range(Output start, Output stop, Output step, String type) {
    return emit.ir()
        .layer(type, "Range", "opset4", "output_type=\"" + type + "\"", start, stop, step);
  }

  Output range(Node node, Range op) {
    String type = Operands.type(node, 0);
    return range(
        emit.scalarOf(operands.get(node, 0)),
        emit.scalarOf(operands.get(node, 1)),
        emit.scalarOf(operands.get(node, 2)),
        type);
  }

  Output constant(Node node, ConstantOfShape op) {
    boolean whole = !op.dtype().isFloat();
    Output value =
        whole
            ? emit.scalar((long) op.value(), ElementTypes.of(op.dtype()))
            : emit.ir().convert(emit.real(op.value()), ElementTypes.of(op.dtype()));
    return emit.broadcast(value, operands.get(node, 0));
  }

  Output reversed(Node node, ReverseSequence op) {
    String attributes =
        "batch_axis=\"%d\" seq_axis=\"%d\"".formatted(op.batchAxis(), op.timeAxis());
    return emit.ir()
        .layer(
            "ReverseSequence", "opset1", attributes, operands.get(node, 0), operands.get(node, 1));
  }

  Output nonZero(Node node) {
    return emit.ir().layer(I64, "NonZero", "opset3", "output_type=\"i64\"", operands.get(node, 0));
  }

  Output hardmax(Node node, int axis) {
    Output x = operands.single(node, 0);
    Output index = emit.squeeze(top(emit, x, emit.ir().integer(1), axis, true).get(1), axis);
    return emit.ir()
        .layer(
            F32,
            "OneHot",
            "opset1",
            "axis=\"" + axis + "\"",
            index,
            extent(x, axis),
            emit.real(1),
            emit.real(0));
  }
}
