package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.BOOLEAN;
import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I64;

import dev.gatun.graph.Node;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Mod;
import dev.gatun.graph.op.NumberTest;
import dev.gatun.openvinobackend.ir.Output;

/** Ops of ONNX on single elements: comparisons, logic, functions. */
final class ElementLowering {
  private static final String BROADCAST = "auto_broadcast=\"numpy\"";

  private final Operands operands;
  private final Emitter emit;

  ElementLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  /** Why bits are refused; empty when they are not. */
  static String refusal(Bits op) {
    return switch (op.function()) {
      case AND, OR, XOR, NOT -> "";
      case BITWISE_AND, BITWISE_OR, BITWISE_XOR, BITWISE_NOT, SHIFT_LEFT, SHIFT_RIGHT ->
          "logic of an integer's bits is not lowered to OpenVINO";
    };
  }

  /** Why a remainder is refused; empty when it is not. */
  static String refusal(Node node, Mod op) {
    return node.input(0).type().dtype().isFloat() || op.fmod()
        ? ""
        : wide(node) ? "" : "OpenVINO's arithmetic on small integers does not wrap";
  }

  private static boolean wide(Node node) {
    return switch (node.input(0).type().dtype()) {
      case I8, U8, I16, U16 -> false;
      default -> true;
    };
  }

  Output compare(Node node, Comparison op) {
    Output a = operands.get(node, 0);
    Output b = operands.get(node, 1);
    // The CPU plugin's Greater holds for what is no number, its Less does not.
    return switch (op.function()) {
      case EQUAL -> emit.compare("Equal", a, b);
      case GREATER -> emit.compare("Less", b, a);
      case GREATER_OR_EQUAL -> emit.compare("LessEqual", b, a);
      case LESS -> emit.compare("Less", a, b);
      case LESS_OR_EQUAL -> emit.compare("LessEqual", a, b);
    };
  }

  Output logic(Node node, Bits op) {
    Output a = operands.get(node, 0);
    return switch (op.function()) {
      case AND -> emit.and(a, operands.get(node, 1));
      case OR -> emit.ir().layer("LogicalOr", "opset1", BROADCAST, a, operands.get(node, 1));
      case XOR -> emit.ir().layer("LogicalXor", "opset1", BROADCAST, a, operands.get(node, 1));
      case NOT -> emit.unary("LogicalNot", "opset1", a);
      default -> throw new IllegalStateException(op + " is refused");
    };
  }

  Output pick(Node node) {
    return emit.select(operands.get(node, 0), operands.get(node, 1), operands.get(node, 2));
  }

  Output remainder(Node node, Mod op) {
    return emit.binary(
        op.fmod() ? "Mod" : "FloorMod", operands.get(node, 0), operands.get(node, 1));
  }

  Output test(Node node, NumberTest op) {
    Output x = operands.single(node, 0);
    if (!op.infinite()) {
      return emit.ir().layer(BOOLEAN, "IsNaN", "opset10", "", x);
    }
    String attributes =
        "detect_negative=\"%s\" detect_positive=\"%s\"".formatted(op.negative(), op.positive());
    return emit.ir().layer(BOOLEAN, "IsInf", "opset10", attributes, x);
  }

  Output apply(Node node, Elementwise op) {
    boolean whole = !node.input(0).type().dtype().isFloat();
    Output x = whole ? operands.get(node, 0) : operands.single(node, 0);
    return switch (op.function()) {
      case SIN -> emit.unary("Sin", "opset1", x);
      case COS -> emit.unary("Cos", "opset1", x);
      case TAN -> emit.unary("Tan", "opset1", x);
      case ASIN -> emit.unary("Asin", "opset1", x);
      case ACOS -> emit.unary("Acos", "opset1", x);
      case ATAN -> emit.unary("Atan", "opset1", x);
      case SINH -> emit.unary("Sinh", "opset1", x);
      case COSH -> emit.unary("Cosh", "opset1", x);
      case ASINH -> emit.unary("Asinh", "opset4", x);
      case ACOSH -> emit.unary("Acosh", "opset4", x);
      case ATANH -> emit.unary("Atanh", "opset4", x);
      case CEIL -> emit.unary("Ceiling", "opset1", x);
      case FLOOR -> emit.unary("Floor", "opset1", x);
      case ROUND -> emit.ir().layer("Round", "opset5", "mode=\"half_to_even\"", x);
      case SIGN -> emit.unary("Sign", "opset1", x);
      case SOFTSIGN -> emit.unary("SoftSign", "opset9", x);
      case SOFTPLUS -> emit.unary("SoftPlus", "opset4", x);
      case MISH -> emit.unary("Mish", "opset4", x);
      case HARD_SWISH -> emit.unary("HSwish", "opset4", x);
      case ELU -> emit.ir().layer("Elu", "opset1", "alpha=\"" + op.alpha() + "\"", x);
      case CELU -> celu(x, op.alpha());
      case SELU ->
          emit.ir().layer("Selu", "opset1", "", x, emit.real(op.alpha()), emit.real(op.beta()));
      case LEAKY_RELU ->
          emit.ir().layer("PReLU", "opset1", "", x, emit.reshape(emit.real(op.alpha()), 1));
      case THRESHOLDED_RELU ->
          emit.select(emit.compare("Greater", x, emit.real(op.alpha())), x, emit.real(0));
      case HARD_SIGMOID ->
          emit.ir()
              .layer("HardSigmoid", "opset1", "", x, emit.real(op.alpha()), emit.real(op.beta()));
      case SHRINK -> shrink(x, op.alpha(), op.beta());
    };
  }

  private Output celu(Output x, double alpha) {
    Output small =
        emit.binary(
            "Subtract",
            emit.unary("Exp", "opset1", emit.binary("Divide", x, emit.real(alpha))),
            emit.real(1));
    Output below =
        emit.binary("Minimum", emit.binary("Multiply", small, emit.real(alpha)), emit.real(0));
    return emit.binary("Add", emit.binary("Maximum", x, emit.real(0)), below);
  }

  private Output shrink(Output x, double bias, double lambda) {
    Output y = emit.ir().convert(x, F32);
    Output up = emit.binary("Add", y, emit.real(bias));
    Output down = emit.binary("Subtract", y, emit.real(bias));
    Output above = emit.select(emit.compare("Greater", y, emit.real(lambda)), down, emit.real(0));
    return emit.select(emit.compare("Less", y, emit.real(-lambda)), up, above);
  }

  /** Indices that may count from the end, from the start. */
  static Output fromStart(Emitter emit, Output indices, Output extent) {
    Output wide = emit.ir().convert(indices, I64);
    Output negative = emit.compare("Less", wide, emit.ir().integer(0));
    return emit.select(negative, emit.binary("Add", wide, extent), wide);
  }
}
