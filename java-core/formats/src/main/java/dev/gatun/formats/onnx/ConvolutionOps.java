package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Windows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Convolutions and what follows them. */
final class ConvolutionOps {
  private ConvolutionOps() {}

  static void register(OpImporters ops) {
    ops.add("Conv", ConvolutionOps::conv);
    ops.add("ConvTranspose", ConvolutionOps::transpose);
    ops.add("BatchNormalization", ConvolutionOps::normalize);
  }

  private static Value[] inputs(NodeScope node) {
    return node.has(2)
        ? new Value[] {node.value(0), node.value(1), node.value(2)}
        : new Value[] {node.value(0), node.value(1)};
  }

  private static int groups(NodeScope node) {
    return Math.toIntExact(node.integer("group", 1));
  }

  private static List<Imported> conv(NodeScope node) {
    Windows windows = WindowAttributes.of(node, WindowAttributes.kernel(node, true));
    return node.result(new Conv(windows, groups(node)), inputs(node));
  }

  private static List<Imported> transpose(NodeScope node) {
    List<Long> kernel = WindowAttributes.kernel(node, true);
    int rank = kernel.size();
    List<Dim> spatial = node.type(0).dims();
    for (int i = 0; i < rank && i + 2 < spatial.size(); i++) {
      node.requireSum(spatial.get(2 + i));
    }
    List<Long> ones = Collections.nCopies(rank, 1L);
    List<Long> none = Collections.nCopies(rank, 0L);
    List<Long> strides = node.integers("strides").orElse(ones);
    List<Long> dilations = node.integers("dilations").orElse(ones);
    List<Long> extra = node.integers("output_padding").orElse(none);
    List<Long> pads = node.integers("pads").orElse(Collections.nCopies(2 * rank, 0L));
    String auto = node.text("auto_pad", "NOTSET");
    Optional<List<Long>> wanted = node.integers("output_shape");
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long span = (kernel.get(i) - 1) * dilations.get(i) + 1;
      long total;
      if (wanted.isPresent()) {
        // Some files give all extents of the result.
        List<Long> shape = wanted.get();
        long out = shape.get(shape.size() - rank + i);
        if (!(spatial.get(2 + i) instanceof Dim.Fixed(long size))) {
          throw node.unsupported("output_shape needs an input of fixed extents");
        }
        total = (size - 1) * strides.get(i) + extra.get(i) + span - out;
      } else if (auto.startsWith("SAME")) {
        total = extra.get(i) + span - strides.get(i);
      } else {
        before.add(auto.equals("VALID") ? 0 : pads.get(i));
        after.add(auto.equals("VALID") ? 0 : pads.get(rank + i));
        continue;
      }
      long half = Math.max(0, total) / 2;
      boolean upper = auto.equals("SAME_UPPER");
      before.add(upper ? half : Math.max(0, total) - half);
      after.add(upper ? Math.max(0, total) - half : half);
      if (total < 0) {
        extra = new ArrayList<>(extra);
        extra.set(i, extra.get(i) - total);
      }
    }
    var windows =
        new Windows(kernel, strides, dilations, before, after, Windows.Auto.NOTSET, false);
    return node.result(new ConvTranspose(windows, extra, groups(node)), inputs(node));
  }

  private static List<Imported> normalize(NodeScope node) {
    boolean training = node.opset() >= 14 && node.integer("training_mode", 0) != 0;
    var op =
        new BatchNormalization(node.real("epsilon", 1e-5f), node.real("momentum", 0.9f), training);
    Value[] inputs = new Value[5];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = node.value(i);
    }
    return node.results(op, inputs);
  }
}
