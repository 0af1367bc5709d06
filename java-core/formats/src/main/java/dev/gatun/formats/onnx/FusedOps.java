package dev.gatun.formats.onnx;

import static dev.gatun.formats.onnx.Composition.ADD;
import static dev.gatun.formats.onnx.Composition.MUL;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Groups that ONNX Runtime's optimizer writes as one operator (domain com.microsoft). */
final class FusedOps {
  private static final String DOMAIN = "com.microsoft:";

  private FusedOps() {}

  static void register(OpImporters ops) {
    ops.add(DOMAIN + "BiasGelu", node -> biased(node, Unary.Function.GELU));
    ops.add(DOMAIN + "FastGelu", node -> biased(node, Unary.Function.GELU_TANH));
    ops.add(DOMAIN + "FusedMatMul", FusedOps::fusedMatMul);
    ops.add(DOMAIN + "SkipLayerNormalization", node -> skip(node, false));
    ops.add(DOMAIN + "SkipSimplifiedLayerNormalization", node -> skip(node, true));
  }

  private static List<Imported> biased(NodeScope node, Unary.Function function) {
    Value x = node.value(0);
    Value sum = node.has(1) ? node.step("biased", ADD, x, node.value(1)) : x;
    return node.result(new Unary(function), sum);
  }

  private static List<Imported> fusedMatMul(NodeScope node) {
    if (node.flag("transBatchA", false) || node.flag("transBatchB", false)) {
      throw node.unsupported("it transposes batches");
    }
    Value a = node.value(0);
    if (node.flag("transA", false)) {
      int rank = a.type().rank();
      List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
      Collections.swap(order, rank - 1, rank - 2);
      a = node.step("transposed", new Transpose(order), a);
    }
    Op product = new MatMul(node.flag("transB", false));
    float alpha = node.real("alpha", 1);
    return alpha == 1
        ? node.result(product, a, node.value(1))
        : node.result(
            MUL, node.step("product", product, a, node.value(1)), node.scalar("alpha", alpha));
  }

  /** Inputs: x, skip, scale, then bias of the normalization unless simple, then bias of the sum. */
  private static List<Imported> skip(NodeScope node, boolean simple) {
    Value sum = node.step("sum", ADD, node.value(0), node.value(1));
    int bias = simple ? 3 : 4;
    if (node.has(bias)) {
      sum = node.step("biased", ADD, sum, node.value(bias));
    }
    if (node.wants(1) || node.wants(2)) {
      throw node.unsupported("mean and deviation are outputs");
    }
    float epsilon = node.real("epsilon", 1e-12f);
    Imported y =
        simple
            ? node.output(0, new RmsNormalization(epsilon), sum, node.value(2))
            : node.output(0, new LayerNormalization(epsilon), sum, node.value(2), node.optional(3));
    return List.of(y, y, y, new Computed(sum));
  }
}
