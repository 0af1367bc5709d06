package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.weight.PackedMatrix;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;

/**
 * A product with a packed matrix; a unit is a tile of its rows.
 *
 * @param prepared X as {@link PrepareStep} left it; X itself when the kernel prepares nothing
 */
public record MatMulStep(
    StepInfo info,
    MatMulKernel kernel,
    PackedMatrix matrix,
    Operand x,
    Operand prepared,
    Operand y,
    Extent rows)
    implements Step {
  /** Bytes of weights that make a hand-out worthwhile when each is used once. */
  private static final long GRAIN_BYTES = 16 << 10;

  @Override
  public int units(Frame frame) {
    return rows.of(frame) == 0 ? 0 : tiles();
  }

  public int tiles() {
    return (matrix.n() + kernel.tileRows() - 1) / kernel.tileRows();
  }

  @Override
  public int grain(Frame frame) {
    long tileBytes = matrix.bytes() / tiles() * rows.of(frame);
    return (int) Math.max(1, GRAIN_BYTES / Math.max(1, tileBytes));
  }

  /** First column of a tile; n beyond the last. */
  public int column(int tile) {
    return Math.min(matrix.n(), tile * kernel.tileRows());
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    return kernel.scratchBytes(bound.of(rows), matrix.n(), matrix.k());
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    kernel.multiply(
        matrix.packed(),
        x.segment(frame),
        x.at(frame),
        prepared.segment(frame),
        prepared.at(frame),
        rows.of(frame),
        matrix.n(),
        matrix.k(),
        y.segment(frame),
        y.at(frame),
        matrix.n(),
        from,
        to,
        frame.scratch(),
        frame.scratchAt(worker));
  }
}
