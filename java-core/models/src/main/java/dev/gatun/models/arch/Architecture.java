package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import java.util.List;

/**
 * A family of models: knows the metadata keys and tensor names of its files and builds the graph
 * that computes them. Implementations hold no state and may be shared between threads.
 */
public interface Architecture {
  /** Values of {@code general.architecture} that this builds. */
  List<String> names();

  /**
   * Builds the graph of a model. Weights stay views of {@code source}, which must be open as long
   * as the graph is used.
   *
   * @throws ModelException when metadata or tensors are missing, ill-typed or contradictory
   * @throws UnsupportedModelException when the model needs something that is not built
   */
  ModelGraph build(ModelSource source, BuildOptions options);
}
