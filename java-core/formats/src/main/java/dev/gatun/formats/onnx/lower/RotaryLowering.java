package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Rotary embeddings: sine and cosine of the batch's angles, computed once for all layers in double
 * precision (an angle of thousands of turns has few digits left in single), then ONNX's
 * RotaryEmbedding (operator set 23).
 */
final class RotaryLowering {
  private final Emitter emitter;

  RotaryLowering(Emitter emitter) {
    this.emitter = emitter;
  }

  Operand rotate(Node node, RotaryEmbedding op) {
    Value x = node.input(0);
    DType dtype = x.type().dtype();
    Operand angles = angles(node.input(1), node.input(2));
    Operand cos = table("Cos", angles, op.magnitude());
    Operand sin = table("Sin", angles, op.magnitude());
    Operand rows = emitter.batch(emitter.single(x));
    if (op.offset() > 0) {
      return emitter.cast(joined(op, rows, cos, sin), dtype);
    }
    Operand turned = turn(rows, cos, sin, op, op.heads(), op.headDim());
    return emitter.cast(emitter.rows(turned), dtype);
  }

  private Operand turn(
      Operand rows, Operand cos, Operand sin, RotaryEmbedding op, int heads, int headDim) {
    Attributes attributes =
        Attributes.none().with("num_heads", heads).with("interleaved", op.interleaved() ? 1 : 0);
    if (op.rotaryDim() < headDim) {
      attributes.with("rotary_embedding_dim", op.rotaryDim());
    }
    return emitter.emit("RotaryEmbedding", attributes, DType.F32, rows, cos, sin);
  }

  /** Elements before the offset pass by. */
  private Operand joined(RotaryEmbedding op, Operand rows, Operand cos, Operand sin) {
    Operand heads =
        emitter.emit("Reshape", DType.F32, rows, emitter.longs(-1, op.heads(), op.headDim()));
    Operand before = part(heads, 0, op.offset());
    Operand after = part(heads, op.offset(), op.headDim());
    int left = op.headDim() - op.offset();
    Operand flat =
        emitter.emit("Reshape", DType.F32, after, emitter.longs(1, -1, (long) op.heads() * left));
    Operand turned = turn(flat, cos, sin, op, op.heads(), left);
    Operand split = emitter.emit("Reshape", DType.F32, turned, emitter.longs(-1, op.heads(), left));
    Operand whole =
        emitter.emit("Concat", Attributes.none().with("axis", 2), DType.F32, before, split);
    return emitter.emit(
        "Reshape", DType.F32, whole, emitter.longs(-1, (long) op.heads() * op.headDim()));
  }

  private Operand part(Operand heads, long from, long to) {
    return emitter.emit(
        "Slice", DType.F32, heads, emitter.longs(from), emitter.longs(to), emitter.longs(2));
  }

  /** Angles, F64 [1, tokens, rotaryDim / 2]. */
  private Operand angles(Value positions, Value frequencies) {
    Object content =
        emitter
            .graph()
            .constant(frequencies)
            .map(constant -> (Object) numbers(constant.data()))
            .orElse(frequencies.name());
    Operand places = emitter.operand(positions);
    return emitter.once(
        List.of("angles", places, content),
        () -> {
          Operand column = emitter.emit("Unsqueeze", places.dtype(), places, emitter.longs(0, 2));
          Operand inverse = emitter.cast(emitter.operand(frequencies), DType.F64);
          return emitter.emit("Mul", DType.F64, emitter.cast(column, DType.F64), inverse);
        });
  }

  private static List<Float> numbers(Tensor data) {
    float[] floats = data.toFloats();
    Float[] boxed = new Float[floats.length];
    Arrays.setAll(boxed, i -> floats[i]);
    return List.of(boxed);
  }

  private Operand table(String function, Operand angles, float magnitude) {
    return emitter.once(
        List.of(function, angles, magnitude),
        () -> {
          Operand y = emitter.emit(function, DType.F64, angles);
          if (magnitude != 1) {
            y = emitter.emit("Mul", DType.F64, y, emitter.real(DType.F64, magnitude));
          }
          return emitter.cast(y, DType.F32);
        });
  }
}
