package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.openvinobackend.ir.IrModel;
import java.util.List;
import java.util.Map;

/**
 * A graph as a model of OpenVINO, with the order of its inputs and outputs.
 *
 * <p>Inputs are {@link #inputs}; then, with {@link #beam}, one I32 [1] that is 0, which compilers
 * need to recognize the state; then {@link #caches}, each [1, past, heads, dim]. Outputs are {@link
 * #outputs}; then, without {@link #beam}, what is new of each cache, [1, tokens, heads, dim].
 *
 * @param inputs inputs of the graph that count
 * @param outputs outputs of the graph and observed values
 * @param layers names of the layers that stand for a node, by their prefix: the node's name
 */
public record LoweredModel(
    IrModel ir,
    List<Value> inputs,
    boolean beam,
    List<Cache> caches,
    List<Value> outputs,
    Map<String, String> layers) {
  /**
   * Keys or values of one state.
   *
   * @param half whether elements are F16; else F32
   */
  public record Cache(String name, StateSpec spec, int heads, int dim, boolean half) {
    /** Bytes of one position. */
    public long positionBytes() {
      return (long) heads * dim * (half ? Short.BYTES : Float.BYTES);
    }
  }

  public LoweredModel {
    inputs = List.copyOf(inputs);
    caches = List.copyOf(caches);
    outputs = List.copyOf(outputs);
    layers = Map.copyOf(layers);
  }
}
