package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Unary;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.Quantization.PerTensor;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Functions of single elements. */
final class ElementLowering {
  private final Scope scope;
  private final Emitter emit;

  ElementLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  /** A function; channels stay where they are. */
  void unary(Node node, Form given, Unary.Function function) {
    Form form = given.elements().isCoded() ? range(function, given) : given;
    alike(node, x -> unary(function, x, form));
  }

  /** What gives an output of its input's shape, channels staying where they are. */
  private void alike(Node node, UnaryOperator<QnnTensor> function) {
    Value x = node.input(0);
    if (scope.isChannelsLast(x)) {
      scope.putChannelsLast(node.output(), function.apply(scope.channelsLast(x)));
    } else {
      scope.put(node.output(), function.apply(scope.value(x)));
    }
  }

  /** Codes of what has a range of its own: QNN takes no others there. */
  private static Form range(Unary.Function function, Form form) {
    int levels = 1 << (8 * form.elements().bytes());
    return switch (function) {
      case SIGMOID -> new Form(form.elements(), Optional.of(new PerTensor(1f / levels, 0)));
      case TANH -> new Form(form.elements(), Optional.of(new PerTensor(2f / levels, -levels / 2)));
      default -> form;
    };
  }

  QnnTensor unary(Unary.Function function, QnnTensor x, Form form) {
    return switch (function) {
      case NEG -> emit.unary("ElementWiseNeg", form, x);
      case ABS -> emit.unary("ElementWiseAbs", form, x);
      case EXP -> emit.unary("ElementWiseExp", form, x);
      case LOG -> emit.unary("ElementWiseLog", form, x);
      case SQRT -> emit.unary("ElementWiseSquareRoot", form, x);
      case RECIPROCAL -> emit.binary("ElementWiseDivide", form, emit.real(1), x);
      case SIGMOID -> emit.unary("Sigmoid", form, x);
      case TANH -> emit.unary("Tanh", form, x);
      case SILU -> silu(x, form);
      case GELU -> emit.unary("Gelu", form, x);
      case GELU_TANH -> geluTanh(x, form);
      case RELU -> emit.unary("Relu", form, x);
      case ERF -> throw new Refused("QNN has no error function");
    };
  }

  /** {@code x / (1 + exp(-x))}: QNN's sigmoid is off by more than half precision is. */
  private QnnTensor silu(QnnTensor x, Form form) {
    QnnTensor inverse = emit.unary("ElementWiseExp", form, emit.unary("ElementWiseNeg", form, x));
    QnnTensor divisor = emit.binary("ElementWiseAdd", form, inverse, emit.real(1));
    return emit.binary("ElementWiseDivide", form, x, divisor);
  }

  /** {@code x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))}: the tanh form, written without 1 +. */
  private QnnTensor geluTanh(QnnTensor x, Form form) {
    double slope = 2 * Math.sqrt(2 / Math.PI);
    QnnTensor square = emit.binary("ElementWiseMultiply", form, x, x);
    QnnTensor scaled =
        emit.binary("ElementWiseMultiply", form, square, emit.real(0.044715 * slope));
    QnnTensor factor = emit.binary("ElementWiseAdd", form, scaled, emit.real(slope));
    QnnTensor gate =
        emit.unary("Sigmoid", form, emit.binary("ElementWiseMultiply", form, x, factor));
    return emit.binary("ElementWiseMultiply", form, x, gate);
  }

  void binary(Node node, Form form, Binary.Function function) {
    String type =
        switch (function) {
          case ADD -> "ElementWiseAdd";
          case SUB -> "ElementWiseSubtract";
          case MUL -> "ElementWiseMultiply";
          case DIV -> "ElementWiseDivide";
          case POW -> "ElementWisePower";
          case MAX -> "ElementWiseMaximum";
          case MIN -> "ElementWiseMinimum";
        };
    refuseNarrow(node);
    Value a = node.input(0);
    Value b = node.input(1);
    boolean last =
        node.output().type().rank() == 4
            && (scope.isChannelsLast(a) || scope.isChannelsLast(b))
            && movable(a)
            && movable(b);
    if (last) {
      scope.putChannelsLast(node.output(), emit.binary(type, form, moved(a), moved(b)));
    } else {
      scope.put(node.output(), emit.binary(type, form, scope.value(a), scope.value(b)));
    }
  }

  /** Integers below 32 bits shall wrap where QNN's would not. */
  private static void refuseNarrow(Node node) {
    switch (node.input(0).type().dtype()) {
      case I8, U8, I16, U16, U32 ->
          throw new Refused(
              "arithmetic on %s does not wrap here: cast '%s' to I32"
                  .formatted(node.input(0).type().dtype(), node.input(0).name()));
      default -> {}
    }
  }

  /** Whether a value can be had with channels last without moving more than a constant. */
  private boolean movable(Value value) {
    return scope.isChannelsLast(value)
        || scope.constant(value).isPresent()
        || scope.dims(value).stream().allMatch(dim -> dim == 1)
        || value.type().rank() == 4;
  }

  private QnnTensor moved(Value value) {
    List<Integer> dims = scope.dims(value);
    if (dims.stream().allMatch(dim -> dim == 1)) {
      return emit.reshape(scope.value(value), 1, 1, 1, 1);
    }
    if (value.type().rank() == 4) {
      return scope.channelsLast(value);
    }
    List<Integer> padded = new ArrayList<>(Collections.nCopies(4 - dims.size(), 1));
    padded.addAll(dims);
    return scope
        .constants()
        .permuted(scope.constant(value).orElseThrow(), scope.form(value), padded, 0, 2, 3, 1);
  }

  QnnTensor comparison(Node node, Comparison.Function function) {
    String type =
        switch (function) {
          case EQUAL -> "ElementWiseEqual";
          case GREATER -> "ElementWiseGreater";
          case GREATER_OR_EQUAL -> "ElementWiseGreaterEqual";
          case LESS -> "ElementWiseLess";
          case LESS_OR_EQUAL -> "ElementWiseLessEqual";
        };
    return emit.binary(type, Form.of(Elements.BOOL), scope.input(node, 0), scope.input(node, 1));
  }

  void elementwise(Node node, Elementwise op, Form form) {
    alike(node, x -> elementwise(op, x, form));
  }

  private QnnTensor elementwise(Elementwise op, QnnTensor x, Form form) {
    return switch (op.function()) {
      case SIN -> emit.unary("ElementWiseSin", form, x);
      case COS -> emit.unary("ElementWiseCos", form, x);
      case CEIL -> emit.unary("ElementWiseCeil", form, x);
      case FLOOR -> emit.unary("ElementWiseFloor", form, x);
      case ROUND -> emit.unary("ElementWiseRound", form, x);
      case SIGN -> emit.unary("ElementWiseSign", form, x);
      case HARD_SWISH -> emit.unary("HardSwish", form, x);
      case ELU -> emit.unary("Elu", form, x, new Parameter.F32("alpha", (float) op.alpha()));
      case LEAKY_RELU -> emit.op("Prelu", form, x.dims(), List.of(x, emit.real(op.alpha())));
      default -> throw new Refused(op.type() + " is not lowered to QNN");
    };
  }

  QnnTensor where(Node node, Form form) {
    QnnTensor condition = scope.input(node, 0);
    QnnTensor a = scope.input(node, 1);
    QnnTensor b = scope.input(node, 2);
    List<Integer> dims = Emitter.broadcast(condition.dims(), Emitter.broadcast(a.dims(), b.dims()));
    return emit.op("ElementWiseSelect", form, dims, List.of(condition, a, b));
  }

  QnnTensor cast(Node node, DType to) {
    QnnTensor x = scope.input(node, 0);
    DType from = node.input(0).type().dtype();
    if (to.isFloat() && to != DType.F32 && to != DType.F64 && from.isFloat()) {
      throw new Refused("nothing would be rounded to " + to + " here");
    }
    switch (to) {
      case I8, U8, I16, U16, U32, U64 -> throw new Refused("nothing would wrap to " + to + " here");
      default -> {}
    }
    Elements elements = scope.elements(node.output());
    if (elements == x.elements()) {
      return x;
    }
    if (elements == Elements.BOOL) {
      Form form = Form.of(x);
      QnnTensor zero = emit.constant(form, List.of(1), target -> target.fill((byte) 0));
      return emit.binary("ElementWiseNotEqual", Form.of(elements), x, zero);
    }
    if (elements == Elements.I32 && x.elements() != Elements.BOOL) {
      throw new Refused("casts of floating-point numbers to integers round otherwise on QNN");
    }
    return emit.unary("Cast", Form.of(elements), x);
  }
}
