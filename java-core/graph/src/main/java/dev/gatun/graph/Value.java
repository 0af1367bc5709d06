package dev.gatun.graph;

import dev.gatun.tensor.DType;

/**
 * An edge of a graph: something that is computed once, or given.
 *
 * @param id dense index within its graph
 * @param name unique within its graph
 */
public record Value(int id, String name, ValueType type) {
  /** Stands in a node's inputs for an optional input that is not there. */
  public static final Value ABSENT = new Value(-1, "", ValueType.of(DType.F32));

  public boolean isAbsent() {
    return id < 0;
  }

  /** The id alone: hashing names and types costs every compilation of a large graph. */
  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return name + ":" + type;
  }
}
