package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.step.BlockStep;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.MatMulStep;
import dev.gatun.cpuengine.step.RowStep;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepTimer;
import dev.gatun.engine.size.Extent;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps that one worker runs one after the other on the same range of units, with no barrier
 * between them: rows, or tiles of products and what follows them column by column.
 */
abstract sealed class Lane {
  final List<Step> steps = new ArrayList<>();

  abstract int units(Frame frame);

  /** How many units to hand out at a time. */
  abstract int chunk(Frame frame, int threads);

  /**
   * Runs a range of units.
   *
   * @param timer null when nobody asks
   */
  abstract void run(Frame frame, int from, int to, int worker, StepTimer timer);

  /** Whether a step that reads what this lane writes can follow in it. */
  abstract boolean accepts(Step step);

  abstract void add(Step step);

  /** The lane that joins both, if they can share ranges; else null. */
  abstract Lane merge(Lane other);

  static Lane of(Step step) {
    Lane lane =
        switch (step) {
          case RowStep row -> new Rows(row.rows());
          case MatMulStep product -> new Tiles(product);
          default -> new Units();
        };
    lane.add(step);
    return lane;
  }

  static void run(Step step, Frame frame, int from, int to, int worker, StepTimer timer) {
    if (timer == null) {
      step.run(frame, from, to, worker);
      return;
    }
    long start = System.nanoTime();
    step.run(frame, from, to, worker);
    timer.record(step, worker, System.nanoTime() - start);
  }

  /** Steps whose rows are multiples of common rows. */
  static final class Rows extends Lane {
    /** Rows of a chunk when there are many: few, so that they stay in the cache. */
    private static final int FEW_ROWS = 16;

    private static final int MOST_CHUNKS = 64;

    private Extent rows;
    private int[] multiples = new int[0];

    Rows(Extent rows) {
      this.rows = rows;
    }

    @Override
    int units(Frame frame) {
      return rows.of(frame);
    }

    @Override
    int chunk(Frame frame, int threads) {
      int units = units(frame);
      int even = (units + 4 * threads - 1) / (4 * threads);
      return Math.max(1, Math.min(even, Math.max(FEW_ROWS, units / MOST_CHUNKS)));
    }

    @Override
    boolean accepts(Step step) {
      return step instanceof RowStep row && common(rows, row.rows()) != null;
    }

    @Override
    void add(Step step) {
      steps.add(step);
      rows = common(rows, ((RowStep) step).rows());
      multiples = new int[steps.size()];
      for (int i = 0; i < multiples.length; i++) {
        Extent own = ((RowStep) steps.get(i)).rows();
        multiples[i] = Math.toIntExact(own.factor() / Math.max(1, rows.factor()));
      }
    }

    /** The smaller extent when it divides the larger one; else null. */
    private static Extent common(Extent a, Extent b) {
      if (a.equals(b)) {
        return a;
      }
      if (!a.sameSymbols(b) || a.factor() == 0 || b.factor() == 0) {
        return null;
      }
      if (b.factor() % a.factor() == 0) {
        return a;
      }
      return a.factor() % b.factor() == 0 ? b : null;
    }

    @Override
    Lane merge(Lane other) {
      if (!(other instanceof Rows that) || common(rows, that.rows) == null) {
        return null;
      }
      var merged = new Rows(rows);
      steps.forEach(merged::add);
      other.steps.forEach(merged::add);
      return merged;
    }

    @Override
    void run(Frame frame, int from, int to, int worker, StepTimer timer) {
      for (int i = 0; i < steps.size(); i++) {
        int multiple = multiples[i];
        run(steps.get(i), frame, from * multiple, to * multiple, worker, timer);
      }
    }
  }

  /** Products with as many tiles of as many columns, then elementwise steps on their columns. */
  static final class Tiles extends Lane {
    private final MatMulStep first;

    Tiles(MatMulStep first) {
      this.first = first;
    }

    @Override
    int units(Frame frame) {
      return first.units(frame);
    }

    @Override
    int chunk(Frame frame, int threads) {
      int few = 4 * threads;
      int even = (units(frame) + few - 1) / few;
      return Math.max(even, first.grain(frame));
    }

    @Override
    boolean accepts(Step step) {
      return step instanceof BlockStep block
          && block.columns() == first.matrix().n()
          && block.rows().equals(first.rows());
    }

    @Override
    void add(Step step) {
      steps.add(step);
    }

    @Override
    Lane merge(Lane other) {
      boolean fits =
          other instanceof Tiles that
              && that.first.matrix().n() == first.matrix().n()
              && that.first.kernel().tileRows() == first.kernel().tileRows()
              && that.first.rows().equals(first.rows());
      if (!fits) {
        return null;
      }
      var merged = new Tiles(first);
      merged.steps.addAll(steps);
      merged.steps.addAll(other.steps);
      return merged;
    }

    @Override
    void run(Frame frame, int from, int to, int worker, StepTimer timer) {
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        if (step instanceof MatMulStep) {
          run(step, frame, from, to, worker, timer);
          continue;
        }
        long start = timer == null ? 0 : System.nanoTime();
        int rows = first.rows().of(frame);
        ((BlockStep) step).block(frame, 0, rows, first.column(from), first.column(to));
        if (timer != null) {
          timer.record(step, worker, System.nanoTime() - start);
        }
      }
    }
  }

  /** One step with units of its own kind. */
  static final class Units extends Lane {
    @Override
    int units(Frame frame) {
      return steps.getFirst().units(frame);
    }

    @Override
    int chunk(Frame frame, int threads) {
      return Math.max(
          steps.getFirst().grain(frame), (units(frame) + 8 * threads - 1) / (8 * threads));
    }

    @Override
    boolean accepts(Step step) {
      return false;
    }

    @Override
    void add(Step step) {
      steps.add(step);
    }

    @Override
    Lane merge(Lane other) {
      return null;
    }

    @Override
    void run(Frame frame, int from, int to, int worker, StepTimer timer) {
      run(steps.getFirst(), frame, from, to, worker, timer);
    }
  }
}
