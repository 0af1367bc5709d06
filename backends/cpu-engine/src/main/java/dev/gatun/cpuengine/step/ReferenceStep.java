package dev.gatun.cpuengine.step;

/** A node computed by its op's scalar reference, as one unit of work. */
public record ReferenceStep(StepInfo info, ReferenceOp op) implements Step {
  @Override
  public int units(Frame frame) {
    return 1;
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    op.store(
        frame,
        op.compute(
            frame,
            worker,
            (graph, inputs) -> {
              throw new IllegalStateException("no subgraphs here");
            }));
  }
}
