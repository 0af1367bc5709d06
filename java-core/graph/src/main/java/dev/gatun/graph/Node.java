package dev.gatun.graph;

import dev.gatun.graph.op.Op;
import java.util.List;

/**
 * One application of an op.
 *
 * @param id dense index; nodes are in topological order of ids
 * @param name unique within its graph, for people: {@code blk.3.attn_q}
 * @param inputs as the op defines them; {@link Value#ABSENT} for an optional one that is not there
 */
public record Node(int id, String name, Op op, List<Value> inputs, List<Value> outputs) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The only output. */
  public Value output() {
    if (outputs.size() != 1) {
      throw new GraphException(name + " has " + outputs.size() + " outputs");
    }
    return outputs.getFirst();
  }

  /** Input {@code index}, or {@link Value#ABSENT} beyond the last. */
  public Value input(int index) {
    return index < inputs.size() ? inputs.get(index) : Value.ABSENT;
  }

  @Override
  public String toString() {
    return name + " = " + op.type() + inputs.stream().map(Value::name).toList();
  }
}
