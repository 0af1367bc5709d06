package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Permutes axes: output axis i is input axis {@code permutation.get(i)}.
 *
 * @param permutation a permutation of 0..rank-1
 */
public record Transpose(List<Integer> permutation) implements Op {
  public Transpose {
    permutation = List.copyOf(permutation);
  }

  @Override
  public String type() {
    return "Transpose";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    Infer.check(
        this,
        permutation.size() == x.rank() && permutation.stream().distinct().count() == x.rank(),
        "%s does not permute %s",
        permutation,
        x);
    return List.of(new ValueType(x.dtype(), permutation.stream().map(x::dim).toList()));
  }
}
