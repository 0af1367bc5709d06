package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.layer.ChannelStep;
import dev.gatun.cpuengine.layer.CompareStep;
import dev.gatun.cpuengine.step.AxisSoftmaxStep;
import dev.gatun.cpuengine.step.BinaryStep;
import dev.gatun.cpuengine.step.BinaryStep.Repeat;
import dev.gatun.cpuengine.step.BroadcastStep;
import dev.gatun.cpuengine.step.CastStep;
import dev.gatun.cpuengine.step.GatedStep;
import dev.gatun.cpuengine.step.NormalizationStep;
import dev.gatun.cpuengine.step.Repeats;
import dev.gatun.cpuengine.step.RowBroadcastStep;
import dev.gatun.cpuengine.step.SoftmaxStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.UnaryStep;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Elementwise ops and those that work row by row. */
final class PointwiseLowering {
  private final Lowering lowering;

  PointwiseLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  /** A value as rows of a fixed number of columns; single elements when the last axis is open. */
  private record Rows(Extent rows, int columns) {}

  private Rows rows(ValueType type) {
    if (type.rank() > 0 && type.dims().getLast() instanceof Dim.Fixed(long size)) {
      return new Rows(lowering.rows(type), Math.toIntExact(size));
    }
    return new Rows(lowering.elements(type), 1);
  }

  void unary(Node node, Unary op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.resultOver(node.output(), x);
    Rows shape = rows(x.type());
    lowering.steps.add(
        new UnaryStep(
            info(
                node, unit("elementwise"), List.of(Access.aligned(in)), List.of(Access.aligned(y))),
            lowering.kernels.elementwise(),
            op.function(),
            in,
            y,
            shape.rows(),
            shape.columns()));
  }

  void gated(Node node, GatedActivation op) {
    Operand gate = lowering.operand(node.input(0));
    Operand up = lowering.operand(node.input(1));
    Operand y = lowering.resultOver(node.output(), node.input(0));
    Rows shape = rows(node.output().type());
    lowering.steps.add(
        new GatedStep(
            info(
                node,
                unit("elementwise"),
                List.of(Access.aligned(gate), Access.aligned(up)),
                List.of(Access.aligned(y))),
            lowering.kernels.elementwise(),
            op.activation(),
            gate,
            up,
            y,
            shape.rows(),
            shape.columns()));
  }

  void binary(Node node, Binary op) {
    ValueType type = node.output().type();
    Value a = node.input(0);
    Value b = node.input(1);
    Optional<Repeat> repeat = Optional.empty();
    boolean reversed = false;
    if (type.dtype() == DType.F32 && a.type().dims().equals(type.dims())) {
      repeat = repeat(type.dims(), b.type().dims());
    }
    if (repeat.isEmpty() && type.dtype() == DType.F32 && b.type().dims().equals(type.dims())) {
      repeat = repeat(type.dims(), a.type().dims());
      reversed = true;
    }
    if (repeat.isEmpty()) {
      if (!channels(node, op)) {
        broadcast(node, op);
      }
      return;
    }
    Value full = reversed ? b : a;
    Value other = reversed ? a : b;
    Operand x = lowering.operand(full);
    Operand z = lowering.operand(other);
    boolean overwriteOther = repeat.get() == Repeat.NONE && !lowering.views().mayOverwrite(full);
    Operand y = lowering.resultOver(node.output(), overwriteOther ? other : full);
    Rows shape = rows(type);
    boolean sameShape = repeat.get() == Repeat.NONE || repeat.get() == Repeat.COLUMN;
    lowering.steps.add(
        new BinaryStep(
            info(
                node,
                unit("elementwise"),
                List.of(Access.aligned(x), sameShape ? Access.aligned(z) : Access.whole(z)),
                List.of(Access.aligned(y))),
            lowering.kernels.elementwise(),
            op.function(),
            x,
            z,
            repeat.get(),
            reversed,
            y,
            shape.rows(),
            shape.columns()));
  }

  /** How dims of b repeat over those of the output; empty when it is none of the simple ways. */
  private static Optional<Repeat> repeat(List<Dim> output, List<Dim> b) {
    if (b.equals(output)) {
      return Optional.of(Repeat.NONE);
    }
    if (b.stream().allMatch(dim -> dim.is(1))) {
      return Optional.of(Repeat.SCALAR);
    }
    if (!(output.getLast() instanceof Dim.Fixed)) {
      return Optional.empty();
    }
    int lead = b.size() - 1;
    boolean row =
        b.getLast().equals(output.getLast())
            && b.subList(0, lead).stream().allMatch(dim -> dim.is(1));
    if (row) {
      return Optional.of(Repeat.ROW);
    }
    boolean column =
        b.size() == output.size()
            && b.getLast().is(1)
            && b.subList(0, lead).equals(output.subList(0, lead));
    return column ? Optional.of(Repeat.COLUMN) : Optional.empty();
  }

  private void broadcast(Node node, Binary op) {
    ValueType type = node.output().type();
    Operand a = lowering.operand(node.input(0));
    Operand b = lowering.operand(node.input(1));
    Operand y = lowering.result(node.output());
    if (repeatsRows(node)) {
      List<Dim> lead = type.dims().subList(0, type.rank() - 1);
      lowering.steps.add(
          new RowBroadcastStep(
              info(
                  node,
                  unit("elementwise"),
                  List.of(Access.whole(a), Access.whole(b)),
                  List.of(Access.aligned(y))),
              lowering.kernels.elementwise(),
              op.function(),
              a,
              rowsOf(lead, node.input(0)),
              b,
              rowsOf(lead, node.input(1)),
              y,
              lowering.rows(type),
              Lowering.columns(type)));
      return;
    }
    lowering.steps.add(
        new BroadcastStep(
            info(
                node,
                "engine.broadcast",
                List.of(Access.whole(a), Access.whole(b)),
                List.of(Access.aligned(y))),
            op.function(),
            type.dtype(),
            a,
            Repeats.of(lowering.extents(), type.dims(), node.input(0).type().dims()),
            b,
            Repeats.of(lowering.extents(), type.dims(), node.input(1).type().dims()),
            y,
            lowering.elements(type)));
  }

  /**
   * Lowers a function of a value and one number per row of its last axes; false when it is none.
   */
  private boolean channels(Node node, Binary op) {
    return channels(node, op, false) || channels(node, op, true);
  }

  private boolean channels(Node node, Binary op, boolean reversed) {
    ValueType type = node.output().type();
    Value full = node.input(reversed ? 1 : 0);
    Value other = node.input(reversed ? 0 : 1);
    int last = other.type().rank() - 1;
    while (last >= 0 && other.type().dim(last).is(1)) {
      last--;
    }
    int inner = other.type().rank() - 1 - last;
    int own = full.type().rank();
    if (type.dtype() != DType.F32 || last < 0 || inner == 0 || own < inner) {
      return false;
    }
    int lead = type.rank() - inner;
    List<Dim> columns = type.dims().subList(lead, type.rank());
    if (!full.type().dims().subList(own - inner, own).equals(columns)) {
      return false;
    }
    boolean whole = full.type().equals(type);
    List<Dim> rows = type.dims().subList(0, lead);
    Operand x = lowering.operand(full);
    Operand numbers = lowering.operand(other);
    Operand y = whole ? lowering.resultOver(node.output(), full) : lowering.result(node.output());
    lowering.steps.add(
        new ChannelStep(
            info(
                node,
                unit("elementwise"),
                List.of(whole ? Access.aligned(x) : Access.whole(x), Access.whole(numbers)),
                List.of(Access.aligned(y))),
            lowering.kernels.elementwise(),
            op.function(),
            x,
            Repeats.of(lowering.extents(), rows, full.type().dims().subList(0, own - inner)),
            numbers,
            Repeats.of(lowering.extents(), rows, other.type().dims().subList(0, last + 1)),
            reversed,
            y,
            lowering.extents().of(rows),
            lowering.extents().of(columns)));
    return true;
  }

  void compare(Node node, Comparison op) {
    ValueType type = node.output().type();
    List<Dim> lead = type.dims().subList(0, type.rank() - 1);
    Value a = node.input(0);
    Value b = node.input(1);
    Operand left = lowering.operand(a);
    Operand right = lowering.operand(b);
    Operand y = lowering.result(node.output());
    Dim last = type.dims().getLast();
    lowering.steps.add(
        new CompareStep(
            info(
                node,
                "engine.compare",
                List.of(Access.whole(left), Access.whole(right)),
                List.of(Access.aligned(y))),
            op.function(),
            a.type().dtype(),
            left,
            rowsOf(lead, a),
            a.type().dims().getLast().equals(last) ? 1 : 0,
            right,
            rowsOf(lead, b),
            b.type().dims().getLast().equals(last) ? 1 : 0,
            y,
            lowering.rows(type),
            lowering.extents().of(last)));
  }

  /** Whether both inputs have whole rows of the output. */
  private static boolean repeatsRows(Node node) {
    ValueType type = node.output().type();
    if (type.dtype() != DType.F32
        || type.rank() == 0
        || !(type.dims().getLast() instanceof Dim.Fixed)) {
      return false;
    }
    for (Value input : node.inputs()) {
      List<Dim> dims = input.type().dims();
      if (dims.isEmpty() || !dims.getLast().equals(type.dims().getLast())) {
        return false;
      }
    }
    return true;
  }

  private Repeats rowsOf(List<Dim> lead, Value value) {
    List<Dim> dims = value.type().dims();
    return Repeats.of(lowering.extents(), lead, dims.subList(0, dims.size() - 1));
  }

  void cast(Node node, Cast op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.result(node.output());
    boolean widened = lowering.graph().constant(lowering.views().view(x).root()).isPresent();
    DType from = widened && x.type().dtype().isFloat() ? DType.F32 : x.type().dtype();
    lowering.steps.add(
        new CastStep(
            info(node, "engine.cast", List.of(Access.whole(in)), List.of(Access.aligned(y))),
            in,
            from,
            y,
            op.to(),
            lowering.elements(x.type())));
  }

  void rms(Node node, RmsNormalization op) {
    normalization(node, false, op.epsilon());
  }

  void layer(Node node, LayerNormalization op) {
    normalization(node, true, op.epsilon());
  }

  private void normalization(Node node, boolean layer, double epsilon) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand scale = lowering.operand(node.input(1));
    Optional<Operand> bias =
        node.input(2).isAbsent() ? Optional.empty() : Optional.of(lowering.operand(node.input(2)));
    Operand y = lowering.resultOver(node.output(), x);
    List<Access> reads = new ArrayList<>(List.of(Access.aligned(in), Access.whole(scale)));
    bias.ifPresent(operand -> reads.add(Access.whole(operand)));
    lowering.steps.add(
        new NormalizationStep(
            info(node, unit(layer ? "layernorm" : "rmsnorm"), reads, List.of(Access.aligned(y))),
            lowering.kernels.normalization(),
            layer,
            in,
            scale,
            bias,
            epsilon,
            y,
            lowering.rows(x.type()),
            Lowering.columns(x.type())));
  }

  void softmax(Node node, Softmax op) {
    Value x = node.input(0);
    ValueType type = x.type();
    int axis = op.axis() < 0 ? op.axis() + type.rank() : op.axis();
    Operand in = lowering.operand(x);
    if (axis == type.rank() - 1 && type.dims().getLast() instanceof Dim.Fixed) {
      Operand y = lowering.resultOver(node.output(), x);
      lowering.steps.add(
          new SoftmaxStep(
              info(node, unit("softmax"), List.of(Access.aligned(in)), List.of(Access.aligned(y))),
              lowering.kernels.softmax(),
              in,
              y,
              lowering.rows(type),
              Lowering.columns(type)));
      return;
    }
    Operand y = lowering.result(node.output());
    List<Dim> others = new ArrayList<>(type.dims());
    others.remove(axis);
    lowering.steps.add(
        new AxisSoftmaxStep(
            info(node, "engine.softmax", List.of(Access.whole(in)), List.of(Access.whole(y))),
            in,
            y,
            lowering.extents().of(type.dim(axis)),
            lowering.extents().of(type.dims().subList(axis + 1, type.rank())),
            lowering.extents().of(others)));
  }

  private String unit(String kernel) {
    return lowering.kernels.name() + "." + kernel;
  }
}
