package dev.gatun.quantize.validate;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

/**
 * The weights of two files of one model, tensor by tensor, as what their blocks decode to.
 *
 * @param tensors those that both files have, in the reference's order
 * @param missing tensors that only the reference has
 * @param added tensors that only the candidate has
 * @param reshaped tensors of different shapes
 */
public record WeightErrors(
    List<Line> tensors, List<String> missing, List<String> added, List<String> reshaped) {
  /** Elements that are decoded at once. */
  private static final int CHUNK = 1 << 15;

  /**
   * One tensor.
   *
   * @param reference its type in the reference
   * @param candidate its type in the candidate
   */
  public record Line(String tensor, DType reference, DType candidate, Agreement agreement) {}

  public WeightErrors {
    tensors = List.copyOf(tensors);
    missing = List.copyOf(missing);
    added = List.copyOf(added);
    reshaped = List.copyOf(reshaped);
  }

  /** Compares all tensors of numbers; reads both files whole, in parallel. */
  public static WeightErrors of(ModelSource reference, ModelSource candidate) {
    List<Line> lines = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<String> reshaped = new ArrayList<>();
    for (String name : reference.tensorNames()) {
      TensorInfo a = reference.info(name).orElseThrow();
      TensorInfo b = candidate.info(name).orElse(null);
      if (b == null) {
        missing.add(name);
      } else if (!a.shape().equals(b.shape())) {
        reshaped.add("%s: %s, %s".formatted(name, a.shape(), b.shape()));
      } else {
        lines.add(new Line(name, a.dtype(), b.dtype(), compare(reference, candidate, name)));
      }
    }
    List<String> added =
        candidate.tensorNames().stream().filter(name -> reference.info(name).isEmpty()).toList();
    return new WeightErrors(lines, missing, added, reshaped);
  }

  private static Agreement compare(ModelSource reference, ModelSource candidate, String name) {
    AtomicReference<Agreement> result = new AtomicReference<>();
    reference.withTensor(name, a -> candidate.withTensor(name, b -> result.set(compare(a, b))));
    return result.get();
  }

  /** Chunks are whole blocks of both types: all lengths of blocks divide 2^15. */
  private static Agreement compare(Tensor a, Tensor b) {
    long elements = a.shape().elements();
    long chunks = (elements + CHUNK - 1) / CHUNK;
    BlockFormat first = BlockFormat.of(a.dtype());
    BlockFormat second = BlockFormat.of(b.dtype());
    List<Agreement.Tally> tallies =
        LongStream.range(0, chunks)
            .parallel()
            .mapToObj(chunk -> {
              int count = (int) Math.min(CHUNK, elements - chunk * CHUNK);
              float[] x = new float[count];
              float[] y = new float[count];
              first.decode(a.data(), a.dtype().byteSize(chunk * CHUNK), x, 0, count);
              second.decode(b.data(), b.dtype().byteSize(chunk * CHUNK), y, 0, count);
              Agreement.Tally tally = new Agreement.Tally();
              tally.add(x, y, count);
              return tally;
            })
            .toList();
    Agreement.Tally sum = new Agreement.Tally();
    // In order, so that the figures are the same on every machine.
    tallies.forEach(sum::add);
    return sum.result();
  }
}
