package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * A convolution. A unit is a piece of the result, see {@link Pieces}.
 *
 * @param fixed the pieces where all sizes are fixed, see {@link #fixed(ConvShape)}
 * @param weights packed group by group; as they are when each channel of x is a group
 * @param bias one per channel of the result
 */
public record ConvStep(
    StepInfo info,
    ConvolutionKernel kernel,
    Epilogue epilogue,
    ConvShape shape,
    Optional<Pieces> fixed,
    Operand x,
    Operand weights,
    Operand bias,
    Operand y)
    implements Step {
  /** How a convolution is divided whose sizes are all fixed. */
  public static Optional<Pieces> fixed(ConvShape shape) {
    boolean all = shape.batch().isFixed() && shape.spatial().stream().allMatch(Extent::isFixed);
    return all ? Optional.of(pieces(shape, extent -> (int) extent.factor())) : Optional.empty();
  }

  private static Pieces pieces(ConvShape shape, ToIntFunction<Extent> sizes) {
    WindowGeometry g = Geometry.sized(shape.windows(), shape.spatial(), sizes);
    int batch = sizes.applyAsInt(shape.batch());
    return shape.depthwise()
        ? Pieces.of(g, true, 1, shape.groups() * shape.out(), batch)
        : Pieces.of(g, false, shape.in(), shape.out(), batch * shape.groups());
  }

  private Pieces pieces(Frame frame) {
    return fixed.isPresent() ? fixed.get() : pieces(shape, extent -> extent.of(frame));
  }

  @Override
  public int units(Frame frame) {
    return pieces(frame).count();
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    WindowGeometry g = Geometry.of(shape.windows(), shape.spatial(), bound);
    int parts = epilogue.parts().size();
    return Pieces.scratchBytes(kernel, g, shape.depthwise(), shape.in(), parts);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    Pieces pieces = pieces(frame);
    Convolution convolution = null;
    int current = -1;
    for (int unit = from; unit < to; unit++) {
      int group = pieces.group(unit);
      if (group != current) {
        current = group;
        convolution = group(frame, pieces.windows(), group);
      }
      kernel.convolve(convolution, pieces.piece(unit), frame.scratch(), frame.scratchAt(worker));
    }
  }

  private Convolution group(Frame frame, WindowGeometry g, int index) {
    int groups = shape.depthwise() ? shape.groups() : 1;
    int group = shape.depthwise() ? 0 : index % shape.groups();
    long element = (long) index * groups * shape.out() * g.outSize();
    long weight = (long) group * shape.out() * shape.in() * g.taps();
    return new Convolution(
        g,
        shape.in(),
        shape.out(),
        shape.depthwise(),
        x.segment(frame),
        x.at(frame) + 4L * index * groups * shape.in() * g.inSize(),
        weights.segment(frame),
        weights.at(frame) + 4 * weight,
        bias.segment(frame),
        bias.at(frame) + 4L * group * shape.out(),
        y.segment(frame),
        y.at(frame) + 4 * element,
        epilogue.from(frame, element));
  }
}
