package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Mod;
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
        default -> ops.add(function.onnxName(), node -> unary(node, function));
      }
    }
    ops.add("Gelu", ElementwiseOps::gelu);
    for (Binary.Function function : Binary.Function.values()) {
      ops.add(function.onnxName(), node -> binary(node, function));
    }
    ops.add("Pow", ElementwiseOps::pow);
    ops.add("Mod", ElementwiseOps::mod);
    ops.add("Sum", node -> all(node, Binary.Function.ADD));
    ops.add("Max", node -> all(node, Binary.Function.MAX));
    ops.add("Min", node -> all(node, Binary.Function.MIN));
    ops.add("Mean", ElementwiseOps::mean);
    ops.add("Clip", ElementwiseOps::clip);
    for (Elementwise.Function function : Elementwise.Function.values()) {
      ops.add(function.onnxName(), node -> elementwise(node, function));
    }
    ops.add("PRelu", ElementwiseOps::prelu);
  }

  /** Whole numbers have no kernels of one input: the same by two. */
  private static List<Imported> unary(NodeScope node, Unary.Function function) {
    Value x = node.value(0);
    DType dtype = x.type().dtype();
    if (dtype.isFloat()) {
      return node.result(new Unary(function), x);
    }
    Value zero = node.scalar("zero", dtype, 0);
    var sub = new Binary(Binary.Function.SUB);
    var max = new Binary(Binary.Function.MAX);
    return switch (function) {
      case NEG -> node.result(sub, zero, x);
      case RELU -> node.result(max, x, zero);
      case ABS ->
          switch (dtype) {
            case U8, U16, U32, U64 -> List.of(node.input(0));
            default -> node.result(max, x, node.step("negative", sub, zero, x));
          };
      default -> throw node.unsupported("its input is " + dtype);
    };
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
    return node.result(new Binary(function), node.value(0), node.value(1));
  }

  /** The result has the base's dtype; a whole base with a real exponent is a real number first. */
  private static List<Imported> pow(NodeScope node) {
    Value a = node.value(0);
    Value b = node.value(1);
    DType base = a.type().dtype();
    DType exponent = b.type().dtype();
    var pow = new Binary(Binary.Function.POW);
    if (base == exponent) {
      return node.result(pow, a, b);
    }
    if (base.isFloat() || !exponent.isFloat()) {
      return node.result(pow, a, node.step("exponent", new Cast(base), b));
    }
    Value y = node.step("power", pow, node.step("base", new Cast(exponent), a), b);
    return node.result(new Cast(base), y);
  }

  private static List<Imported> mod(NodeScope node) {
    return node.result(new Mod(node.flag("fmod", false)), node.value(0), node.value(1));
  }

  /** Of any number of inputs, from the left. */
  private static List<Imported> all(NodeScope node, Binary.Function function) {
    if (node.inputs() == 1) {
      return List.of(node.input(0));
    }
    if (node.inputs() == 2) {
      return binary(node, function);
    }
    Value sum = node.value(0);
    for (int i = 1; i < node.inputs() - 1; i++) {
      sum = node.step("of" + (i + 1), new Binary(function), sum, node.value(i));
    }
    return node.result(new Binary(function), sum, node.value(node.inputs() - 1));
  }

  private static List<Imported> mean(NodeScope node) {
    if (node.inputs() == 1) {
      return List.of(node.input(0));
    }
    Value sum = node.value(0);
    for (int i = 1; i < node.inputs(); i++) {
      sum = node.step("of" + (i + 1), new Binary(Binary.Function.ADD), sum, node.value(i));
    }
    Value count = node.scalar("count", sum.type().dtype(), node.inputs());
    return node.result(new Binary(Binary.Function.DIV), sum, count);
  }

  private static List<Imported> clip(NodeScope node) {
    boolean attributes = node.opset() < 11;
    boolean low = attributes ? node.node().attribute("min").isPresent() : node.has(1);
    boolean high = attributes ? node.node().attribute("max").isPresent() : node.has(2);
    if (!low && !high) {
      return List.of(node.input(0));
    }
    Value x = node.value(0);
    DType dtype = x.type().dtype();
    if (low) {
      Value min = attributes ? node.scalar("min", dtype, node.real("min", 0)) : node.value(1);
      var op = new Binary(Binary.Function.MAX);
      if (!high) {
        return node.result(op, x, min);
      }
      x = node.step("low", op, x, min);
    }
    Value max = attributes ? node.scalar("max", dtype, node.real("max", 0)) : node.value(2);
    return node.result(new Binary(Binary.Function.MIN), x, max);
  }

  private static List<Imported> elementwise(NodeScope node, Elementwise.Function function) {
    Value x = node.value(0);
    if (x.type().dtype() == DType.F32) {
      switch (function) {
        case LEAKY_RELU -> {
          Value alpha = node.scalar("alpha", node.real("alpha", 0.01f));
          return leak(node, x, alpha);
        }
        case HARD_SIGMOID -> {
          return hardSigmoid(node, x);
        }
        case HARD_SWISH -> {
          return hardSwish(node, x);
        }
        case SOFTPLUS -> {
          return softplus(node, x);
        }
        default -> {}
      }
    }
    boolean whole =
        !x.type().dtype().isFloat()
            && (function == Elementwise.Function.CEIL
                || function == Elementwise.Function.FLOOR
                || function == Elementwise.Function.ROUND);
    if (whole) {
      return List.of(node.input(0));
    }
    double alpha =
        function.first().isEmpty()
            ? 0
            : node.real(function.first(), (float) function.firstDefault());
    double beta =
        function.second().isEmpty()
            ? 0
            : node.real(function.second(), (float) function.secondDefault());
    return node.result(new Elementwise(function, alpha, beta), x);
  }

  private static List<Imported> prelu(NodeScope node) {
    return leak(node, node.value(0), node.value(1));
  }

  /** {@code max(x, 0) + alpha * min(x, 0)}. */
  private static List<Imported> leak(NodeScope node, Value x, Value alpha) {
    Value zero = node.scalar("zero", x.type().dtype(), 0);
    Value positive = node.step("positive", new Binary(Binary.Function.MAX), x, zero);
    Value negative = node.step("negative", new Binary(Binary.Function.MIN), x, zero);
    Value leak = node.step("leak", new Binary(Binary.Function.MUL), negative, alpha);
    return node.result(new Binary(Binary.Function.ADD), positive, leak);
  }

  private static List<Imported> hardSigmoid(NodeScope node, Value x) {
    Value bounded = bounded(node, x, node.real("alpha", 0.2f), node.real("beta", 0.5f));
    return node.result(new Binary(Binary.Function.MIN), bounded, node.scalar("one", 1));
  }

  private static List<Imported> hardSwish(NodeScope node, Value x) {
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
  private static List<Imported> softplus(NodeScope node, Value x) {
    Value size = node.step("abs", new Unary(Unary.Function.ABS), x);
    Value down = node.step("down", new Unary(Unary.Function.NEG), size);
    Value exp = node.step("exp", new Unary(Unary.Function.EXP), down);
    Value more = node.step("more", new Binary(Binary.Function.ADD), exp, node.scalar("one", 1));
    Value log = node.step("log", new Unary(Unary.Function.LOG), more);
    Value positive =
        node.step("positive", new Binary(Binary.Function.MAX), x, node.scalar("zero", 0));
    return node.result(new Binary(Binary.Function.ADD), positive, log);
  }
}
