package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import java.util.Optional;

/**
 * RMS or layer normalization.
 *
 * @param layer whether the mean is subtracted
 */
public record NormalizationStep(
    StepInfo info,
    NormalizationKernels kernels,
    boolean layer,
    Operand x,
    Operand scale,
    Optional<Operand> bias,
    double epsilon,
    Operand y,
    Extent rows,
    int columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    if (layer) {
      kernels.layer(
          x.segment(frame),
          x.at(frame),
          scale.segment(frame),
          scale.at(frame),
          bias.isPresent() ? bias.get().segment(frame) : null,
          bias.isPresent() ? bias.get().at(frame) : 0,
          y.segment(frame),
          y.at(frame),
          columns,
          epsilon,
          from,
          to);
    } else {
      kernels.rms(
          x.segment(frame),
          x.at(frame),
          scale.segment(frame),
          scale.at(frame),
          y.segment(frame),
          y.at(frame),
          columns,
          epsilon,
          from,
          to);
    }
  }
}
