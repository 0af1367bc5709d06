package dev.gatun.openvinobackend;

import dev.gatun.graph.Value;
import dev.gatun.openvino.CompiledModel;
import dev.gatun.openvinobackend.lower.LoweredModel;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A compiled model and what its inputs and outputs stand for.
 *
 * @param inputs the graph's inputs that it has, in the order of its inputs
 * @param outputs graph outputs and observed values
 * @param places index of each among its outputs
 * @param beam whether an input follows that is always 0
 * @param caches caches that are inputs after that; without a beam, their news are outputs after the
 *     others
 * @param memory constants that the compiled model may go on using
 */
record Variant(
    CompiledModel compiled,
    List<Value> inputs,
    List<Value> outputs,
    List<Integer> places,
    boolean beam,
    List<LoweredModel.Cache> caches,
    Arena memory)
    implements AutoCloseable {
  @Override
  public void close() {
    compiled.close();
    memory.close();
  }
}
