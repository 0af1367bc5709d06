package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * The remainder of two inputs of one plain dtype, broadcast as NumPy does.
 *
 * @param fmod whether it has the sign of the dividend, as in C; else that of the divisor
 */
public record Mod(boolean fmod) implements OnnxOp {
  @Override
  public String type() {
    return "Mod";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("fmod", fmod ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    ValueType b = Infer.plain(this, inputs, 1);
    Infer.check(this, a.dtype() == b.dtype(), "inputs differ in dtype: %s, %s", a, b);
    return List.of(new ValueType(a.dtype(), Infer.broadcast(this, a.dims(), b.dims())));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    boolean whole = !call.input(0).dtype().isFloat();
    return List.of(
        Pairs.apply(
            call.input(0),
            call.input(1),
            call.input(0).dtype(),
            (a, b) -> {
              if (whole && b == 0) {
                throw new GraphException("integer division by zero");
              }
              double rest = a % b;
              return fmod || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b;
            }));
  }
}
