package dev.gatun.cpuengine.step;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.tensor.Shape;
import java.util.List;

/** What a {@link HostStep} can ask of the session that runs it. */
public interface Host {
  Frame frame();

  /** Runs a compiled subgraph once. The results stay as they are when it runs again. */
  List<Array> run(Graph subgraph, List<Array> inputs);

  /**
   * Tells which shapes the results of a step have: binds the symbols that depend on data, and
   * places what has a size from now on.
   *
   * @throws dev.gatun.graph.GraphException when a shape contradicts its type
   */
  void bind(List<Value> values, List<Shape> shapes);
}
