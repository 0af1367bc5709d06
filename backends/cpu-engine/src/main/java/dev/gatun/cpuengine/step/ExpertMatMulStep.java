package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.weight.PackedMatrix;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.SizeBound;
import java.util.List;

/**
 * Each active expert's product with its rows; a unit is a tile of one expert's matrix.
 *
 * @param matrices one per expert, of one shape
 */
public record ExpertMatMulStep(
    StepInfo info,
    Routing routing,
    MatMulKernel kernel,
    List<PackedMatrix> matrices,
    Operand x,
    PreparedRows prepared,
    Operand y)
    implements Step {
  public ExpertMatMulStep {
    matrices = List.copyOf(matrices);
  }

  private int tiles() {
    return (matrices.getFirst().n() + kernel.tileRows() - 1) / kernel.tileRows();
  }

  @Override
  public int units(Frame frame) {
    return routing.tokens().of(frame) == 0 ? 0 : routing.activeCount(frame) * tiles();
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    PackedMatrix any = matrices.getFirst();
    return kernel.scratchBytes(bound.of(routing.tokens()) * routing.used(), any.n(), any.k());
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int tiles = tiles();
    int unit = from;
    while (unit < to) {
      int active = unit / tiles;
      int fromTile = unit - active * tiles;
      int toTile = Math.min(tiles, fromTile + to - unit);
      multiply(frame, routing.active(frame, active), fromTile, toTile, worker);
      unit += toTile - fromTile;
    }
  }

  private void multiply(Frame frame, int expert, int fromTile, int toTile, int worker) {
    PackedMatrix matrix = matrices.get(expert);
    int n = matrix.n();
    int k = matrix.k();
    long start = routing.start(frame, expert);
    kernel.multiply(
        matrix.packed(),
        x.segment(frame),
        x.at(frame) + start * Routing.pitch(4L * k),
        prepared.memory().segment(frame),
        prepared.memory().at(frame) + start * prepared.pitch(),
        routing.start(frame, expert + 1) - (int) start,
        n,
        k,
        y.segment(frame),
        y.at(frame) + start * Routing.pitch(4L * n),
        n,
        fromTile,
        toTile,
        frame.scratch(),
        frame.scratchAt(worker));
  }
}
