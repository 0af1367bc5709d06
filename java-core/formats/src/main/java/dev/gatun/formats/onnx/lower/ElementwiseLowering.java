package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.function.UnaryOperator;

/** Functions of elements and of rows. F16 and BF16 are computed in F32, as the reference does. */
final class ElementwiseLowering {
  private final Emitter emitter;

  ElementwiseLowering(Emitter emitter) {
    this.emitter = emitter;
  }

  /** The type in which a floating-point type is computed. */
  static DType computed(DType dtype) {
    return dtype == DType.F64 ? DType.F64 : DType.F32;
  }

  private Operand floating(Value x, UnaryOperator<Operand> function) {
    DType dtype = x.type().dtype();
    Operand y = function.apply(emitter.cast(emitter.operand(x), computed(dtype)));
    return emitter.cast(y, dtype);
  }

  Operand unary(Node node, Unary op) {
    return floating(node.input(0), x -> function(op.function(), x));
  }

  Operand gated(Node node, GatedActivation op) {
    return floating(
        node.input(0),
        gate -> {
          Operand up = emitter.cast(emitter.operand(node.input(1)), gate.dtype());
          Operand active = function(op.activation(), gate);
          return emitter.emit("Mul", gate.dtype(), active, up);
        });
  }

  /** A function of F32 or F64. */
  Operand function(Unary.Function function, Operand x) {
    DType dtype = x.dtype();
    return switch (function) {
      case NEG, ABS, EXP, LOG, SQRT, RECIPROCAL, TANH, RELU ->
          emitter.emit(function.onnxName(), dtype, x);
      // ONNX Runtime's Sigmoid has five digits; this has all.
      case SIGMOID -> {
        Operand exp = emitter.emit("Exp", dtype, emitter.emit("Neg", dtype, x));
        Operand sum = emitter.emit("Add", dtype, exp, emitter.real(dtype, 1));
        yield emitter.emit("Reciprocal", dtype, sum);
      }
      case ERF, GELU -> {
        requireSingle(function.onnxName(), dtype);
        yield emitter.emit(function.onnxName(), dtype, x);
      }
      case GELU_TANH -> {
        requireSingle("Gelu", dtype);
        yield emitter.emit("Gelu", Attributes.none().with("approximate", "tanh"), dtype, x);
      }
      case SILU ->
          dtype == DType.F32
              ? emitter.emit(
                  Emitter.CONTRIB + "QuickGelu", Attributes.none().with("alpha", 1f), dtype, x)
              : emitter.emit("Mul", dtype, x, emitter.emit("Sigmoid", dtype, x));
    };
  }

  private static void requireSingle(String op, DType dtype) {
    if (dtype != DType.F32) {
      throw new Refused("ONNX Runtime has no " + op + " of " + dtype);
    }
  }

  Operand binary(Node node, Binary op) {
    DType dtype = node.output().type().dtype();
    DType computed = computed(op.function(), dtype);
    Operand a = emitter.cast(emitter.operand(node.input(0)), computed);
    Operand b = emitter.cast(emitter.operand(node.input(1)), computed);
    return emitter.cast(emitter.emit(op.function().onnxName(), computed, a, b), dtype);
  }

  /**
   * What ONNX Runtime has no kernel for is computed wider; the result wraps when it is cast back.
   */
  private static DType computed(Binary.Function function, DType dtype) {
    if (dtype.isFloat()) {
      return computed(dtype);
    }
    boolean all =
        switch (function) {
          case ADD, SUB, MUL, DIV -> true;
          case POW -> false;
          case MAX, MIN -> dtype != DType.I16 && dtype != DType.U16;
        };
    return switch (dtype) {
      case I32, I64 -> dtype;
      case BOOL -> DType.I32;
      case U64 -> {
        if (!all) {
          throw new Refused("ONNX Runtime has no " + function.onnxName() + " of U64");
        }
        yield dtype;
      }
      default -> all ? dtype : DType.I64;
    };
  }

  Operand softmax(Node node, Softmax op) {
    return floating(
        node.input(0),
        x -> emitter.emit("Softmax", Attributes.none().with("axis", op.axis()), x.dtype(), x));
  }

  Operand normalization(Node node, RmsNormalization op) {
    return floating(
        node.input(0),
        x ->
            emitter.emit(
                "RMSNormalization", row(op.epsilon()), x.dtype(), x, like(x, node.input(1))));
  }

  Operand normalization(Node node, LayerNormalization op) {
    return floating(
        node.input(0),
        x ->
            emitter.emit(
                "LayerNormalization",
                row(op.epsilon()),
                x.dtype(),
                x,
                like(x, node.input(1)),
                like(x, node.input(2))));
  }

  private static Attributes row(double epsilon) {
    return Attributes.none().with("axis", -1).with("epsilon", (float) epsilon);
  }

  private Operand like(Operand x, Value value) {
    return emitter.cast(emitter.operand(value), x.dtype());
  }

  Operand reduce(Node node, Reduce op) {
    Value x = node.input(0);
    DType dtype = x.type().dtype();
    DType computed =
        dtype.isFloat()
            ? computed(dtype)
            : dtype == DType.I64 || isWide(dtype) ? DType.I64 : DType.I32;
    // Sums of small integers may leave their type before they wrap.
    Operand wide = emitter.cast(emitter.operand(x), computed);
    Attributes attributes =
        Attributes.none().with("keepdims", op.keepDims() ? 1 : 0).with("noop_with_empty_axes", 1);
    Operand axes = emitter.longs(op.axes().stream().mapToLong(Integer::longValue).toArray());
    Operand y = emitter.emit(op.function().onnxName(), attributes, computed, wide, axes);
    return emitter.cast(y, dtype);
  }

  private static boolean isWide(DType dtype) {
    if (dtype == DType.U64) {
      throw new Refused("ONNX Runtime has no reduction of U64");
    }
    return dtype == DType.U32;
  }
}
