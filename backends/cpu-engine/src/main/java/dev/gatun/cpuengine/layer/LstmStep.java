package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.foreign.MemorySegment;

/**
 * An LSTM with the usual functions, time first: one product for the inputs of all steps, then step
 * by step the recurrent products. A unit is a direction.
 *
 * @param w per direction [in, 4 hidden]: input, output, forget, cell
 * @param r per direction [hidden, 4 hidden]
 * @param bias per direction [4 hidden], the sum of both; null for none
 * @param h first states [D, N, hidden]; null for zeros
 * @param c first cells; null for zeros
 * @param reverse whether direction 0 walks backwards
 */
public record LstmStep(
    StepInfo info,
    DenseMatMulKernel products,
    ElementwiseKernels kernels,
    int directions,
    boolean reverse,
    Extent time,
    Extent batch,
    int in,
    int hidden,
    Operand x,
    Operand w,
    Operand r,
    Operand bias,
    Operand h,
    Operand c,
    Operand y,
    Operand lastH,
    Operand lastC)
    implements Step {
  @Override
  public int units(Frame frame) {
    return directions;
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    long states = bound.of(batch);
    return 4L * hidden * (4 * states * bound.of(time) + 2 * states);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    for (int d = from; d < to; d++) {
      direction(frame, d, frame.scratchAt(worker));
    }
  }

  private void direction(Frame frame, int d, long gates) {
    int n = batch.of(frame);
    int steps = time.of(frame);
    int width = 4 * hidden;
    MemorySegment memory = frame.scratch();
    long size = 4L * n * hidden;
    long spare = gates + 4L * width * n * steps;
    start(frame, h, d, lastH, size);
    start(frame, c, d, lastC, size);
    inputs(frame, d, gates, n * steps);
    MemorySegment states = lastH.segment(frame);
    long state = lastH.at(frame) + d * size;
    MemorySegment cells = lastC.segment(frame);
    long cell = lastC.at(frame) + d * size;
    for (int i = 0; i < steps; i++) {
      int t = d == 1 || reverse ? steps - 1 - i : i;
      long gate = gates + 4L * width * n * t;
      products.product(
          states,
          state,
          hidden,
          r.segment(frame),
          r.at(frame) + 4L * d * hidden * width,
          width,
          memory,
          gate,
          width,
          n,
          width,
          hidden,
          true);
      for (int row = 0; row < n; row++) {
        long own = 4L * row * hidden;
        cell(memory, gate + 4L * row * width, cells, cell + own, states, state + own, spare);
      }
      long out = y.at(frame) + ((long) t * directions + d) * size;
      MemorySegment.copy(states, state, y.segment(frame), out, size);
    }
  }

  private static void start(Frame frame, Operand from, int d, Operand to, long size) {
    long at = to.at(frame) + d * size;
    if (from == null) {
      to.segment(frame).asSlice(at, size).fill((byte) 0);
    } else {
      MemorySegment.copy(
          from.segment(frame), from.at(frame) + d * size, to.segment(frame), at, size);
    }
  }

  /** The input part of all gates, with the biases. */
  private void inputs(Frame frame, int d, long gates, int rows) {
    int width = 4 * hidden;
    if (bias != null) {
      for (int row = 0; row < rows; row++) {
        MemorySegment.copy(
            bias.segment(frame),
            bias.at(frame) + 4L * d * width,
            frame.scratch(),
            gates + 4L * row * width,
            4L * width);
      }
    }
    products.product(
        x.segment(frame),
        x.at(frame),
        in,
        w.segment(frame),
        w.at(frame) + 4L * d * in * width,
        width,
        frame.scratch(),
        gates,
        width,
        rows,
        width,
        in,
        bias != null);
  }

  /** One step of one sequence. */
  private void cell(
      MemorySegment memory,
      long gate,
      MemorySegment cells,
      long cell,
      MemorySegment states,
      long state,
      long spare) {
    long size = 4L * hidden;
    long output = gate + size;
    long forget = gate + 2 * size;
    long next = gate + 3 * size;
    kernels.unary(Unary.Function.SIGMOID, memory, gate, memory, gate, 3 * hidden);
    kernels.unary(Unary.Function.TANH, memory, next, memory, next, hidden);
    var multiply = Binary.Function.MUL;
    kernels.binary(multiply, memory, gate, memory, next, memory, next, hidden);
    kernels.binary(multiply, memory, forget, cells, cell, memory, spare, hidden);
    kernels.binary(Binary.Function.ADD, memory, spare, memory, next, cells, cell, hidden);
    kernels.unary(Unary.Function.TANH, cells, cell, memory, spare, hidden);
    kernels.binary(multiply, memory, output, memory, spare, states, state, hidden);
  }
}
