package dev.gatun.quantize.optimize;

import dev.gatun.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the blocks that quantization has hurt most their precision back: first an eighth of them,
 * then a quarter, half, all, as long as a limit does not hold.
 */
final class AccuracyControl {
  private static final int STEPS = 4;

  private AccuracyControl() {}

  /**
   * One step.
   *
   * @param hurt numbers of blocks, the most hurt first
   * @param step from 0 to 3
   */
  static Recipe step(Recipe recipe, List<Integer> hurt, int step) {
    int count = Math.max(1, hurt.size() >> (STEPS - 1 - step));
    Map<String, DType> raised = new LinkedHashMap<>();
    for (int block : hurt.subList(0, Math.min(count, hurt.size()))) {
      raised.put("^blk\\." + block + "\\.", DType.Q8_0);
    }
    return recipe.with(raised);
  }

  static int steps() {
    return STEPS;
  }
}
