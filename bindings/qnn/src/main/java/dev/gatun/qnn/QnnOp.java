package dev.gatun.qnn;

import java.util.List;

/**
 * One application of an operator of Qualcomm's package. Pure: nothing native belongs to it.
 *
 * @param name unique in a graph
 * @param type the operator: {@code ElementWiseAdd}
 */
public record QnnOp(
    String name,
    String type,
    List<QnnTensor> inputs,
    List<QnnTensor> outputs,
    List<Parameter> parameters) {
  /** A parameter of an operator. */
  public sealed interface Parameter {
    String name();

    /** A number without sign. */
    record U32(String name, int value) implements Parameter {}

    record I32(String name, int value) implements Parameter {}

    record F32(String name, float value) implements Parameter {}

    record Bool(String name, boolean value) implements Parameter {}

    /** Numbers without sign, row-major. */
    record U32s(String name, List<Integer> dims, List<Integer> values) implements Parameter {
      public U32s {
        dims = List.copyOf(dims);
        values = List.copyOf(values);
      }
    }

    /** Numbers with sign, row-major. */
    record I32s(String name, List<Integer> dims, List<Integer> values) implements Parameter {
      public I32s {
        dims = List.copyOf(dims);
        values = List.copyOf(values);
      }
    }
  }

  public QnnOp {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    parameters = List.copyOf(parameters);
  }
}
