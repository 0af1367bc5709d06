package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.NumberTest;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Comparisons, logic, bits, and choice by a condition. */
final class LogicOps {
  private LogicOps() {}

  static void register(OpImporters ops) {
    for (Comparison.Function function : Comparison.Function.values()) {
      ops.add(function.onnxName(), node -> compare(node, function));
    }
    for (Bits.Function function : Bits.Function.values()) {
      switch (function) {
        case SHIFT_LEFT, SHIFT_RIGHT -> {}
        default -> ops.add(function.onnxName(), node -> bits(node, function));
      }
    }
    ops.add(
        "BitShift",
        node ->
            bits(
                node,
                node.text("direction", "").equals("LEFT")
                    ? Bits.Function.SHIFT_LEFT
                    : Bits.Function.SHIFT_RIGHT));
    ops.add("IsNaN", node -> node.result(new NumberTest(false, true, true), node.value(0)));
    ops.add(
        "IsInf",
        node ->
            node.result(
                new NumberTest(
                    true, node.flag("detect_negative", true), node.flag("detect_positive", true)),
                node.value(0)));
    ops.add("Where", LogicOps::where);
  }

  private static List<Imported> bits(NodeScope node, Bits.Function function) {
    return function.isUnary()
        ? node.result(new Bits(function), node.value(0))
        : node.result(new Bits(function), node.value(0), node.value(1));
  }

  private static List<Imported> compare(NodeScope node, Comparison.Function function) {
    if (node.input(0) instanceof Sizes || node.input(1) instanceof Sizes) {
      Optional<Tensor> known =
          node.sizes(0).flatMap(a -> node.sizes(1).flatMap(b -> decided(function, a, b)));
      if (known.isPresent()) {
        return List.of(new Known(known.get()));
      }
    }
    return node.result(new Comparison(function), node.value(0), node.value(1));
  }

  /** What bounds of extents decide; empty when they leave anything open. */
  private static Optional<Tensor> decided(Comparison.Function function, Sizes a, Sizes b) {
    int n = Math.max(a.sizes().size(), b.sizes().size());
    double[] results = new double[n];
    for (int i = 0; i < n; i++) {
      Optional<Boolean> holds = decided(function, at(a, i), at(b, i));
      if (holds.isEmpty()) {
        return Optional.empty();
      }
      results[i] = holds.get() ? 1 : 0;
    }
    Shape shape = a.scalar() && b.scalar() ? Shape.of() : Shape.of((long) n);
    return Optional.of(Folding.tensor(new Array(DType.BOOL, shape, results)));
  }

  private static Size at(Sizes sizes, int i) {
    return sizes.sizes().get(sizes.sizes().size() == 1 ? 0 : i);
  }

  private static Optional<Boolean> decided(Comparison.Function function, Size a, Size b) {
    if (a.equals(b)) {
      return Optional.of(
          switch (function) {
            case EQUAL, GREATER_OR_EQUAL, LESS_OR_EQUAL -> true;
            case GREATER, LESS -> false;
          });
    }
    boolean less = max(a) < min(b);
    boolean greater = min(a) > max(b);
    boolean apart = less || greater;
    return switch (function) {
      case EQUAL -> apart ? Optional.of(false) : Optional.empty();
      case GREATER, GREATER_OR_EQUAL -> apart ? Optional.of(greater) : Optional.empty();
      case LESS, LESS_OR_EQUAL -> apart ? Optional.of(less) : Optional.empty();
    };
  }

  private static long min(Size size) {
    return switch (size) {
      case Size.Whole(long number) -> number;
      case Size.Extent(Dim dim) -> dim.min();
    };
  }

  private static long max(Size size) {
    return switch (size) {
      case Size.Whole(long number) -> number;
      case Size.Extent(Dim dim) -> dim.max();
    };
  }

  private static List<Imported> where(NodeScope node) {
    boolean sizes = node.input(1) instanceof Sizes || node.input(2) instanceof Sizes;
    Optional<Tensor> condition = node.constant(0);
    if (sizes && condition.isPresent() && condition.get().shape().rank() <= 1) {
      Optional<Sizes> a = node.sizes(1);
      Optional<Sizes> b = node.sizes(2);
      if (a.isPresent() && b.isPresent()) {
        double[] choice = Array.of(condition.get()).values();
        int n = Math.max(choice.length, Math.max(a.get().sizes().size(), b.get().sizes().size()));
        List<Size> picked = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          boolean first = choice[choice.length == 1 ? 0 : i] != 0;
          picked.add(at(first ? a.get() : b.get(), i));
        }
        boolean scalar =
            condition.get().shape().rank() == 0 && a.get().scalar() && b.get().scalar();
        return List.of(a.get().with(picked, scalar));
      }
    }
    return node.result(new Where(), node.value(0), node.value(1), node.value(2));
  }
}
