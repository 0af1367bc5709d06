package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * Turns around the first elements of each sequence. Inputs: x; lengths I64 [batch].
 *
 * @param batchAxis axis of sequences, 0 or 1
 * @param timeAxis the other one
 */
public record ReverseSequence(int batchAxis, int timeAxis) implements OnnxOp {
  @Override
  public String type() {
    return "ReverseSequence";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("batch_axis", (long) batchAxis, "time_axis", (long) timeAxis);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.rank(this, x, 2);
    Infer.check(
        this,
        batchAxis >= 0 && batchAxis < 2 && timeAxis == 1 - batchAxis,
        "axes %s and %s",
        batchAxis,
        timeAxis);
    return List.of(x);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] lengths = call.input(1).values();
    int sequences = Math.toIntExact(x.shape().dim(batchAxis));
    int times = Math.toIntExact(x.shape().dim(timeAxis));
    int slice = Broadcast.product(x.shape(), 2, x.shape().rank());
    if (lengths.length != sequences) {
      throw new GraphException("%d lengths for %s".formatted(lengths.length, x.shape()));
    }
    double[] y = x.values().clone();
    for (int b = 0; b < sequences; b++) {
      int length = (int) lengths[b];
      if (length < 0 || length > times) {
        throw new GraphException("length %d of %s".formatted(length, x.shape()));
      }
      for (int t = 0; t < length; t++) {
        System.arraycopy(
            x.values(),
            place(b, length - 1 - t, sequences, times) * slice,
            y,
            place(b, t, sequences, times) * slice,
            slice);
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }

  private int place(int sequence, int time, int sequences, int times) {
    return batchAxis == 0 ? sequence * times + time : time * sequences + sequence;
  }
}
