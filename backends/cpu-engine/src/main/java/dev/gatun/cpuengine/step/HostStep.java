package dev.gatun.cpuengine.step;

/**
 * A step that runs alone, on the thread that submitted, while no other step runs: one that binds
 * sizes which depend on data, or that runs subgraphs.
 */
public interface HostStep extends Step {
  void run(Host host);

  @Override
  default int units(Frame frame) {
    return 1;
  }

  @Override
  default void run(Frame frame, int from, int to, int worker) {
    throw new IllegalStateException(info().unit() + " runs alone");
  }
}
