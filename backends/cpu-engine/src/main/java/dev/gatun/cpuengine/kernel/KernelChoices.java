package dev.gatun.cpuengine.kernel;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.Tunable;
import java.util.List;
import java.util.Map;

/** Kernel sets of a backend that are chosen by name. Thread-safe. */
public interface KernelChoices {
  /** What is open for a graph. */
  List<Tunable> tunables(Graph graph);

  /**
   * The kernels for values of {@link #tunables}; what is absent has its standard, and names of
   * others are passed over.
   */
  KernelSet kernels(Map<String, String> choices);

  /** One set, and nothing to choose. */
  static KernelChoices only(KernelSet set) {
    return new KernelChoices() {
      @Override
      public List<Tunable> tunables(Graph graph) {
        return List.of();
      }

      @Override
      public KernelSet kernels(Map<String, String> choices) {
        return set;
      }
    };
  }
}
