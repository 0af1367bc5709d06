package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * The same elements under other dimensions (ONNX Reshape with a known target).
 *
 * @param dims the output's dimensions
 */
public record Reshape(List<Dim> dims) implements Op {
  public Reshape {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    ValueType y = new ValueType(x.dtype(), dims);
    Infer.check(this, x.maxElements() == y.maxElements(), "%s does not fit %s", x, dims);
    return List.of(y);
  }
}
