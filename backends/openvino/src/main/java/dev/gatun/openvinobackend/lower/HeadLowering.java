package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.openvinobackend.ir.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of heads as [1, heads, tokens, dim], and their rotation in the arrangement that OpenVINO's
 * compilers fuse: {@code x * cos + (-x2, x1) * sin} over halves.
 */
final class HeadLowering {
  private final Emitter emit;
  private final Map<List<Object>, Output[]> tables = new HashMap<>();

  HeadLowering(Emitter emit) {
    this.emit = emit;
  }

  /** [tokens, heads * dim] as [1, heads, tokens, dim]. */
  Output split(Output rows, long heads, long dim) {
    return emit.transpose(emit.reshape(rows, 1, -1, heads, dim), 0, 2, 1, 3);
  }

  /** [1, heads, tokens, dim] as [tokens, heads * dim]. */
  Output join(Output split, long heads, long dim) {
    return emit.reshape(emit.transpose(split, 0, 2, 1, 3), -1, heads * dim);
  }

  /**
   * Turns heads.
   *
   * @param halves whether pairs lie in halves already, though the op says neighbours
   */
  Output rotate(
      RotaryEmbedding op,
      Output x,
      Value positionsValue,
      Output positions,
      Value inverseValue,
      Output inverse,
      boolean halves) {
    int rotary = op.rotaryDim();
    if (rotary == 0) {
      return x;
    }
    int end = op.offset() + rotary;
    boolean whole = rotary == op.headDim();
    Output part = whole ? x : emit.slice(x, 3, op.offset(), end);
    boolean swap = op.interleaved() && !halves;
    if (swap) {
      part = regroup(part, rotary / 2, 2);
    }
    Output[] table = table(op, positionsValue, positions, inverseValue, inverse);
    Output first = emit.slice(part, 3, 0, rotary / 2);
    Output second = emit.slice(part, 3, rotary / 2, rotary);
    // As exporters write it: the CPU plugin's pattern has the axis -1, not 3.
    Output turned = emit.concat(-1, emit.binary("Multiply", second, emit.real(-1)), first);
    Output y =
        emit.binary(
            "Add",
            emit.binary("Multiply", part, table[0]),
            emit.binary("Multiply", turned, table[1]));
    if (swap) {
      y = regroup(y, 2, rotary / 2);
    }
    if (whole) {
      return y;
    }
    List<Output> parts = new ArrayList<>();
    if (op.offset() > 0) {
      parts.add(emit.slice(x, 3, 0, op.offset()));
    }
    parts.add(y);
    if (end < op.headDim()) {
      parts.add(emit.slice(x, 3, end, op.headDim()));
    }
    return emit.concat(3, parts.toArray(Output[]::new));
  }

  /** [.., a * b] seen as [.., a, b], with these two axes exchanged. */
  private Output regroup(Output x, long a, long b) {
    Output pairs = emit.reshapeKeeping(x, 0, 0, 0, a, b);
    return emit.reshapeKeeping(emit.transpose(pairs, 0, 1, 2, 4, 3), 0, 0, 0, a * b);
  }

  /** Cosine and sine, [1, 1, tokens, rotary]; all layers share them. */
  private Output[] table(
      RotaryEmbedding op,
      Value positionsValue,
      Output positions,
      Value inverseValue,
      Output inverse) {
    List<Object> key = List.of(positionsValue.id(), inverseValue.id(), op.magnitude());
    Output[] known = tables.get(key);
    if (known == null) {
      Output at = emit.unsqueeze(emit.ir().convert(positions, ElementTypes.F32), 1);
      Output angles = emit.binary("Multiply", at, emit.reshape(inverse, 1, -1));
      Output both = emit.unsqueeze(emit.concat(1, angles, angles), 0, 1);
      Output magnitude = emit.real(op.magnitude());
      Output cos = emit.unary("Cos", "opset1", both);
      Output sin = emit.unary("Sin", "opset1", both);
      known =
          op.magnitude() == 1
              ? new Output[] {cos, sin}
              : new Output[] {
                emit.binary("Multiply", cos, magnitude), emit.binary("Multiply", sin, magnitude)
              };
      tables.put(key, known);
    }
    return known;
  }
}
