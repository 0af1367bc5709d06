package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Functions of single elements. */
final class ElementwiseOps {
  private ElementwiseOps() {}

  static void register(OpImporters ops) {
    for (Unary.Function function : Unary.Function.values()) {
      switch (function) {
        case GELU, GELU_TANH, SILU -> {}
        default ->
            ops.add(function.onnxName(), node -> node.result(new Unary(function), node.value(0)));
      }
    }
    ops.add("Gelu", ElementwiseOps::gelu);
    for (Binary.Function function : Binary.Function.values()) {
      ops.add(function.onnxName(), node -> binary(node, function));
    }
    ops.add("Sum", node -> all(node, Binary.Function.ADD));
    ops.add("Max", node -> all(node, Binary.Function.MAX));
    ops.add("Min", node -> all(node, Binary.Function.MIN));
    ops.add("Clip", ElementwiseOps::clip);
    ops.add("LeakyRelu", ElementwiseOps::leakyRelu);
    ops.add("HardSigmoid", ElementwiseOps::hardSigmoid);
    ops.add("HardSwish", ElementwiseOps::hardSwish);
    ops.add("Softplus", ElementwiseOps::softplus);
  }

  private static List<Imported> gelu(NodeScope node) {
    boolean tanh = node.text("approximate", "none").equals("tanh");
    return node.result(
        new Unary(tanh ? Unary.Function.GELU_TANH : Unary.Function.GELU), node.value(0));
  }

  private static List<Imported> binary(NodeScope node, Binary.Function function) {
    if (node.input(0) instanceof Sizes || node.input(1) instanceof Sizes) {
      Optional<Sizes> sizes =
          node.sizes(0)
              .flatMap(a -> node.sizes(1).flatMap(b -> SizeArithmetic.apply(function, a, b)));
      if (sizes.isPresent()) {
        return List.of(sizes.get());
      }
    }
    Value a = node.value(0);
    Value b = node.value(1);
    if (function == Binary.Function.POW && a.type().dtype() != b.type().dtype()) {
      b = node.step("exponent", new Cast(a.type().dtype()), b);
    }
    return node.result(new Binary(function), a, b);
  }

  /** Of any number of inputs, from the left. */
  private static List<Imported> all(NodeScope node, Binary.Function function) {
    if (node.inputs() == 1) {
      return List.of(node.input(0));
    }
    Value sum = node.value(0);
    for (int i = 1; i < node.inputs() - 1; i++) {
      sum = node.step("of" + (i + 1), new Binary(function), sum, node.value(i));
    }
    return node.result(new Binary(function), sum, node.value(node.inputs() - 1));
  }

  private static List<Imported> clip(NodeScope node) {
    Value x = node.value(0);
    boolean attributes = node.opset() < 11;
    boolean low = attributes ? node.node().attribute("min").isPresent() : node.has(1);
    boolean high = attributes ? node.node().attribute("max").isPresent() : node.has(2);
    if (!low && !high) {
      return List.of(node.input(0));
    }
    if (low) {
      Value min = attributes ? node.scalar("min", node.real("min", 0)) : node.value(1);
      var op = new Binary(Binary.Function.MAX);
      if (!high) {
        return node.result(op, x, min);
      }
      x = node.step("low", op, x, min);
    }
    Value max = attributes ? node.scalar("max", node.real("max", 0)) : node.value(2);
    return node.result(new Binary(Binary.Function.MIN), x, max);
  }

  /** {@code max(x, 0) + alpha * min(x, 0)}. */
  private static List<Imported> leakyRelu(NodeScope node) {
    Value x = single(node);
    Value zero = node.scalar("zero", 0);
    Value positive = node.step("positive", new Binary(Binary.Function.MAX), x, zero);
    Value negative = node.step("negative", new Binary(Binary.Function.MIN), x, zero);
    Value alpha = node.scalar("alpha", node.real("alpha", 0.01f));
    Value leak = node.step("leak", new Binary(Binary.Function.MUL), negative, alpha);
    return node.result(new Binary(Binary.Function.ADD), positive, leak);
  }

  private static List<Imported> hardSigmoid(NodeScope node) {
    Value x = single(node);
    Value bounded = bounded(node, x, node.real("alpha", 0.2f), node.real("beta", 0.5f));
    return node.result(new Binary(Binary.Function.MIN), bounded, node.scalar("one", 1));
  }

  private static List<Imported> hardSwish(NodeScope node) {
    Value x = single(node);
    Value bounded = bounded(node, x, 1f / 6, 0.5f);
    Value gate = node.step("gate", new Binary(Binary.Function.MIN), bounded, node.scalar("one", 1));
    return node.result(new Binary(Binary.Function.MUL), x, gate);
  }

  /** {@code max(0, alpha * x + beta)}. */
  private static Value bounded(NodeScope node, Value x, float alpha, float beta) {
    Value scaled =
        node.step("scaled", new Binary(Binary.Function.MUL), x, node.scalar("alpha", alpha));
    Value shifted =
        node.step("shifted", new Binary(Binary.Function.ADD), scaled, node.scalar("beta", beta));
    return node.step("low", new Binary(Binary.Function.MAX), shifted, node.scalar("zero", 0));
  }

  /** {@code max(x, 0) + log(1 + exp(-|x|))}, which does not overflow. */
  private static List<Imported> softplus(NodeScope node) {
    Value x = single(node);
    Value size = node.step("abs", new Unary(Unary.Function.ABS), x);
    Value down = node.step("down", new Unary(Unary.Function.NEG), size);
    Value exp = node.step("exp", new Unary(Unary.Function.EXP), down);
    Value more = node.step("more", new Binary(Binary.Function.ADD), exp, node.scalar("one", 1));
    Value log = node.step("log", new Unary(Unary.Function.LOG), more);
    Value positive =
        node.step("positive", new Binary(Binary.Function.MAX), x, node.scalar("zero", 0));
    return node.result(new Binary(Binary.Function.ADD), positive, log);
  }

  private static Value single(NodeScope node) {
    Value x = node.value(0);
    if (x.type().dtype() != DType.F32) {
      throw node.unsupported("its input is " + x.type().dtype() + ", not F32");
    }
    return x;
  }
}
