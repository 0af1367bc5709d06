package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.SizeBound;

/**
 * One piece of a compiled program: an op, or a part of one. Immutable; sessions share it and pass
 * their {@link Frame}.
 *
 * <p>A step's work is a number of independent units; workers run disjoint ranges of them in any
 * order, with results that do not depend on the ranges.
 */
public interface Step {
  StepInfo info();

  /** Number of units in the current submission. */
  int units(Frame frame);

  /** Fewest units worth handing out. */
  default int grain(Frame frame) {
    return 1;
  }

  void run(Frame frame, int from, int to, int worker);

  /** Working memory of one worker for the largest sizes, in bytes. */
  default long scratchBytes(SizeBound bound) {
    return 0;
  }

  /**
   * How a step touches a storage.
   *
   * @param aligned whether unit i of n touches only the i-th n-th of the storage
   */
  record Access(int storage, boolean aligned) {
    public static Access aligned(Operand operand) {
      return new Access(operand.storage(), operand.whole());
    }

    public static Access whole(Operand operand) {
      return new Access(operand.storage(), false);
    }
  }
}
