package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Constant;
import dev.gatun.graph.op.MatMul;
import dev.gatun.openvinobackend.ir.Output;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Products. Compilers multiply compressed weights with rounded activations only where zero points
 * are integers, which the minima of block formats are not. So a product with such weights is one
 * with whole zero points, plus one of what these leave of the minima with sums of activations over
 * groups: {@code sum_k x_k (s q_k + m) = sum_k x_k s (q_k - z) + (sum_k x_k) (m + s z)}, exactly,
 * and with one multiplication in 16 or 32 more.
 */
final class ProductLowering {
  private final Emitter emit;
  private final WeightLowering weights;
  private final GroupWeights groups;
  private final Map<List<Object>, Output> sums = new HashMap<>();

  ProductLowering(Emitter emit, WeightLowering weights, GroupWeights groups) {
    this.emit = emit;
    this.weights = weights;
    this.groups = groups;
  }

  /**
   * A product with a constant.
   *
   * @param rank that of x
   */
  Output lower(MatMul op, Output x, int rank, Constant constant, Rows rows) {
    Optional<GroupFormat> format =
        GroupFormat.of(constant.data().dtype()).filter(GroupFormat::shifted);
    if (format.isEmpty()) {
      Output w = emit.ir().convert(weights.lower(constant, rows), F32);
      return emit.matMul(x, w, op.transposeB());
    }
    GroupWeights.Halves halves = groups.halves(constant, format.get(), rows);
    long count = constant.data().shape().rowLength() / format.get().group();
    Output rest = emit.matMul(sums(x, rank, count, format.get().group()), halves.rests(), true);
    return emit.binary("Add", emit.matMul(x, halves.whole(), true), rest);
  }

  /** Sums over groups, [.., count]. */
  private Output sums(Output x, int rank, long count, int group) {
    return sums.computeIfAbsent(
        List.of(x, group),
        absent -> {
          long[] dims = new long[rank + 1];
          dims[rank - 1] = count;
          dims[rank] = group;
          return emit.reduce("ReduceSum", emit.reshapeKeeping(x, dims), false, -1);
        });
  }
}
