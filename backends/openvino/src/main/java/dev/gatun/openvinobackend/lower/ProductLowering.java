package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Constant;
import dev.gatun.graph.op.MatMul;
import dev.gatun.openvinobackend.ir.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Products. Compilers multiply compressed weights with rounded activations only where zero points
 * are integers, which the minima of block formats are not. So a product with such weights is one
 * with whole zero points, plus one of what these leave of the minima with sums of activations over
 * groups: {@code sum_k x_k (s q_k + m) = sum_k x_k s (q_k - z) + (sum_k x_k) (m + s z)}, exactly,
 * and with one multiplication in 16 or 32 more. Where activations are rounded to 8 bits anyway,
 * both are one product: sums stand behind the activations, and what is left of the minima, rounded
 * to 8 bits, behind the weights.
 */
final class ProductLowering {
  private final Emitter emit;
  private final WeightLowering weights;
  private final GroupWeights groups;
  private final LoweringOptions.Minima minima;
  private final Map<List<Object>, Output> sums = new HashMap<>();
  private final Map<List<Object>, Output> joined = new HashMap<>();

  /**
   * @param minima what becomes of what whole zero points leave
   */
  ProductLowering(
      Emitter emit, WeightLowering weights, GroupWeights groups, LoweringOptions.Minima minima) {
    this.emit = emit;
    this.minima = minima;
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
    if (minima == LoweringOptions.Minima.JOINED) {
      Output w = groups.joined(constant, format.get(), rows);
      return emit.matMul(joined(x, rank, constant, format.get()), w, true);
    }
    Output y = emit.matMul(x, groups.whole(constant, format.get(), rows), true);
    if (minima == LoweringOptions.Minima.WHOLE) {
      return y;
    }
    long count = constant.data().shape().rowLength() / format.get().group();
    Output sums = sums(x, rank, count, format.get().group());
    return emit.binary(
        "Add", y, emit.matMul(sums, groups.rests(constant, format.get(), rows), true));
  }

  /** Activations, and behind them their sums over groups, as often as there are planes of rests. */
  private Output joined(Output x, int rank, Constant constant, GroupFormat format) {
    return joined.computeIfAbsent(
        List.of(x, format.group(), format.isNibbles()),
        absent -> {
          long count = constant.data().shape().rowLength() / format.group();
          Output sums = sums(x, rank, count, format.group());
          long fill = JoinedPieces.filled(format, count) - count;
          // Anything may stand where weights are zero, but these do not disturb the rounding.
          Output filling = fill == 0 ? null : emit.slice(fill <= count ? sums : x, -1, 0, fill);
          List<Output> parts = new ArrayList<>();
          parts.add(x);
          for (int plane = 0; plane < JoinedPieces.planes(format); plane++) {
            parts.add(sums);
            if (fill > 0) {
              parts.add(filling);
            }
          }
          return emit.concat(-1, parts.toArray(Output[]::new));
        });
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
