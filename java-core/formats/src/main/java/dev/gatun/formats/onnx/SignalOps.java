package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Dft;
import dev.gatun.graph.op.MelWeightMatrix;
import dev.gatun.graph.op.Stft;
import dev.gatun.graph.op.WindowFunction;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Spectra and windows. */
final class SignalOps {
  private static final long MAX_EXTENT = 1 << 24;

  private SignalOps() {}

  static void register(OpImporters ops) {
    ops.add("DFT", SignalOps::dft);
    ops.add("STFT", SignalOps::stft);
    ops.add("MelWeightMatrix", SignalOps::mel);
    for (WindowFunction.Kind kind : WindowFunction.Kind.values()) {
      ops.add(kind.onnxName(), node -> window(node, kind));
    }
  }

  private static DType dtype(NodeScope node) {
    long type = node.integer("output_datatype", 1);
    return ElementTypes.of(type)
        .orElseThrow(() -> node.unsupported("element type " + ElementTypes.name(type)));
  }

  private static Optional<Long> number(NodeScope node, int input) {
    return node.known(input).filter(list -> list.size() == 1).map(List::getFirst);
  }

  private static List<Imported> window(NodeScope node, WindowFunction.Kind kind) {
    Dim length =
        number(node, 0)
            .filter(size -> size >= 0)
            .<Dim>map(Dim::of)
            .orElseGet(() -> node.unknown("length", MAX_EXTENT));
    return node.result(
        new WindowFunction(kind, node.flag("periodic", true), dtype(node), length), node.value(0));
  }

  private static List<Imported> mel(NodeScope node) {
    List<Dim> dims = node.unknowns(2, MAX_EXTENT);
    return node.result(
        new MelWeightMatrix(dtype(node), dims),
        node.value(0),
        node.value(1),
        node.value(2),
        node.value(3),
        node.value(4));
  }

  /** The axis is an attribute before operator set 20. */
  private static List<Imported> dft(NodeScope node) {
    ValueType type = node.type(0);
    boolean attribute = node.opset() < 20;
    boolean onesided = node.flag("onesided", false);
    boolean inverse = node.flag("inverse", false);
    if (inverse && onesided) {
      throw node.unsupported("it makes real numbers of one side of a spectrum");
    }
    Value axis =
        attribute
            ? node.constant(
                "axis",
                dev.gatun.tensor.Tensor.ofLongs(
                    dev.gatun.tensor.Shape.of(), node.integer("axis", 1)))
            : node.optional(2);
    Optional<Long> along =
        attribute
            ? Optional.of(node.integer("axis", 1))
            : node.has(2) ? number(node, 2) : Optional.of(-2L);
    List<Dim> dims = new ArrayList<>(type.dims());
    dims.set(type.rank() - 1, Dim.of(2));
    if (along.isPresent()) {
      int at = node.axis(along.get(), type.rank());
      Optional<Long> length = number(node, 1);
      Dim full =
          !node.has(1)
              ? type.dim(at)
              : length.<Dim>map(Dim::of).orElseGet(() -> node.unknown("bins", MAX_EXTENT));
      dims.set(at, onesided && !full.dataDependent() ? full.dividedBy(2).plus(Dim.of(1)) : full);
    } else {
      for (int i = 0; i < dims.size() - 1; i++) {
        dims.set(i, node.unknown(Integer.toString(i), MAX_EXTENT));
      }
    }
    return node.result(new Dft(inverse, onesided, dims), node.value(0), node.optional(1), axis);
  }

  private static List<Imported> stft(NodeScope node) {
    ValueType type = node.type(0);
    boolean onesided = node.flag("onesided", true);
    Optional<Long> step = number(node, 1);
    Optional<Long> frame = number(node, 3);
    if (!node.has(3) && node.has(2) && node.type(2).dim(0) instanceof Dim.Fixed(long size)) {
      frame = Optional.of(size);
    }
    boolean known =
        step.isPresent() && frame.isPresent() && step.get() > 0 && type.dim(1) instanceof Dim.Fixed;
    Dim frames =
        known
            ? Dim.of(1 + (type.dim(1).max() - frame.get()) / step.get())
            : node.unknown("frames", MAX_EXTENT);
    Dim bins =
        frame.isPresent()
            ? Dim.of(onesided ? frame.get() / 2 + 1 : frame.get())
            : node.unknown("bins", MAX_EXTENT);
    return node.result(
        new Stft(onesided, List.of(type.dim(0), frames, bins, Dim.of(2))),
        node.value(0),
        node.value(1),
        node.optional(2),
        node.optional(3));
  }
}
