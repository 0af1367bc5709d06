package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.IntegerConv;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.OnnxOp;
import dev.gatun.graph.op.QLinearMatMul;
import dev.gatun.graph.op.RoiAlign;
import dev.gatun.graph.op.Stft;
import dev.gatun.graph.op.Where;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that stand in the graph as ONNX has them, and those that Gatun does not know. */
final class ForeignLowering {
  /** Standard operators that mean the same since this operator set, by name. */
  private static final Map<String, Integer> UNCHANGED = Map.of("QLinearConv", 10, "DeformConv", 19);

  private final Emitter emitter;

  ForeignLowering(Emitter emitter) {
    this.emitter = emitter;
  }

  List<Operand> run(Node node, ForeignOp op) {
    if (op.domain().equals("ai.onnx.preview.training")) {
      throw new Refused("ONNX Runtime has no training operators where it infers");
    }
    int same = UNCHANGED.getOrDefault(op.type(), OnnxExport.OPSET);
    if (op.domain().isEmpty() && (op.version() < same || op.version() > OnnxExport.OPSET)) {
      throw new Refused(
          "%s is an operator of set %d, and may mean something else in set %d"
              .formatted(op.type(), op.version(), OnnxExport.OPSET));
    }
    if (!op.subgraphs().isEmpty()) {
      throw new Refused("an unknown operator with bodies");
    }
    Long known = emitter.model().domains().putIfAbsent(op.domain(), (long) op.version());
    if (known != null && known != op.version()) {
      throw new Refused(
          "the model has versions %d and %d of '%s'".formatted(known, op.version(), op.domain()));
    }
    if (op.domain().isEmpty()) {
      emitter.model().domains().remove("");
    }
    Attributes attributes = Attributes.none();
    op.attributes().forEach((name, value) -> attributes.with(name, attribute(name, value)));
    List<DType> types = node.outputs().stream().map(value -> value.type().dtype()).toList();
    String type = op.domain().isEmpty() ? op.type() : op.domain() + ":" + op.type();
    List<Operand> inputs = node.inputs().stream().map(emitter::operand).toList();
    return emitter.emitAll(type, attributes, inputs, types);
  }

  /** An op that is exactly ONNX's, in types that ONNX Runtime has it for. */
  List<Operand> run(Node node, OnnxOp op) {
    if (op instanceof RoiAlign) {
      throw new Refused("ONNX Runtime has no RoiAlign of operator set 22");
    }
    if (op instanceof IntegerConv conv && !conv.quantized() && !isOneNumber(node.input(3))) {
      throw new Refused("ONNX Runtime's ConvInteger has one zero point for all weights");
    }
    if (op instanceof Stft && !node.input(2).isAbsent() && !node.input(0).type().dim(2).is(1)) {
      // 1.29: results differ from run to run, up to what is no number.
      throw new Refused("ONNX Runtime is wrong about complex signals with a window");
    }
    Attributes attributes = Attributes.none();
    op.attributes().forEach((name, value) -> attributes.with(name, attribute(name, value)));
    List<DType> types = node.outputs().stream().map(value -> value.type().dtype()).toList();
    List<Operand> inputs = new ArrayList<>();
    for (Value value : node.inputs()) {
      Operand x = emitter.operand(value);
      inputs.add(emitter.cast(x, computed(op, x.dtype())));
    }
    if (multipliesBytes(op)) {
      // After the first factor QLinearMatMul and QLinearConv have its scale.
      int second = op.type().startsWith("QLinear") ? 3 : 1;
      if (inputs.get(0).dtype() == DType.U8 && inputs.get(second).dtype() == DType.I8) {
        unsigned(inputs, second);
      }
    }
    List<DType> wide = types.stream().map(dtype -> computed(op, dtype)).toList();
    List<Operand> results = emitter.emitAll(op.type(), attributes, inputs, wide);
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      outputs.add(emitter.cast(results.get(i), types.get(i)));
    }
    return outputs;
  }

  private static boolean multipliesBytes(OnnxOp op) {
    return op instanceof MatMulInteger || op instanceof QLinearMatMul || op instanceof IntegerConv;
  }

  /**
   * Adds 128 to a product's second factor and to its zero point. On x86 processors without dot
   * products of bytes ONNX Runtime adds products of U8 and I8 in 16 bits, where they saturate;
   * those of U8 and U8 are exact.
   */
  private void unsigned(List<Operand> inputs, int second) {
    int zero = second + 2;
    while (inputs.size() <= zero) {
      inputs.add(Operand.ABSENT);
    }
    inputs.set(second, unsigned(inputs.get(second)));
    boolean given = !inputs.get(zero).name().isEmpty();
    inputs.set(zero, given ? unsigned(inputs.get(zero)) : emitter.real(DType.U8, 128));
  }

  private Operand unsigned(Operand x) {
    Operand shift = emitter.real(DType.I32, 128);
    Operand moved = emitter.emit("Add", DType.I32, emitter.cast(x, DType.I32), shift);
    return emitter.cast(moved, DType.U8);
  }

  private static boolean isOneNumber(Value value) {
    return value.isAbsent() || value.type().dims().stream().allMatch(Dim.of(1)::equals);
  }

  private static DType computed(OnnxOp op, DType dtype) {
    return switch (dtype) {
      case BF16 -> DType.F32;
      case I8, I16, U32 -> op instanceof Where ? DType.I64 : dtype;
      case U16 ->
          op instanceof Where ? DType.I64 : op.type().equals("BitShift") ? DType.U32 : dtype;
      default -> dtype;
    };
  }

  private static OnnxAttribute attribute(String name, Object value) {
    return switch (value) {
      case Long whole -> new OnnxAttribute.Int(whole);
      case Double real -> new OnnxAttribute.Real(real.floatValue());
      case String text -> new OnnxAttribute.Text(text);
      case Tensor tensor -> new OnnxAttribute.OfTensor(OnnxTensor.of(name, tensor));
      case List<?> list when list.stream().allMatch(Long.class::isInstance) ->
          new OnnxAttribute.Ints(list.stream().map(Long.class::cast).toList());
      case List<?> list when list.stream().allMatch(Double.class::isInstance) ->
          new OnnxAttribute.Floats(
              list.stream().map(each -> ((Double) each).floatValue()).toList());
      case List<?> list when list.stream().allMatch(String.class::isInstance) ->
          new OnnxAttribute.Texts(list.stream().map(String.class::cast).toList());
      default -> throw new Refused("attribute '" + name + "' is of a kind that is not carried");
    };
  }
}
