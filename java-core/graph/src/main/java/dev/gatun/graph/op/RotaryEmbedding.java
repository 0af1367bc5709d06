package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021).
 *
 * <p>Inputs: x F32 [tokens, heads * headDim]; positions I32 [tokens]; inverse frequencies F32
 * [rotaryDim / 2], which already contain every scaling of the model. Of each head the elements
 * [offset, offset + rotaryDim) turn; the others pass. Pair i turns by {@code position *
 * inverseFrequency[i]}; sine and cosine are multiplied by {@code magnitude}.
 *
 * @param headDim elements of a head
 * @param offset first element that turns
 * @param rotaryDim elements that turn, even
 * @param interleaved pairs are (2i, 2i + 1) when true, (i, i + rotaryDim / 2) when false
 * @param magnitude factor of sine and cosine (YaRN, LongRoPE); else 1
 */
public record RotaryEmbedding(
    int heads, int headDim, int offset, int rotaryDim, boolean interleaved, float magnitude)
    implements Op {
  @Override
  public String type() {
    return "RotaryEmbedding";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType positions = Infer.integer(this, inputs, 1);
    Infer.check(
        this,
        x.rank() == 2 && x.dim(1).is((long) heads * headDim),
        "x is %s, not [tokens, %s * %s]",
        x,
        heads,
        headDim);
    Infer.check(
        this, positions.dims().equals(x.dims().subList(0, 1)), "positions are %s", positions);
    Infer.check(
        this,
        rotaryDim % 2 == 0 && offset >= 0 && offset + rotaryDim <= headDim,
        "%s elements from %s do not fit a head of %s",
        rotaryDim,
        offset,
        headDim);
    Infer.vector(this, inputs, 2, Dim.of(rotaryDim / 2));
    return List.of(x);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double tokens = inputs.getFirst().shape().dim(0);
    double angles = tokens * rotaryDim / 2 * (2 * Costs.FUNCTION);
    return Costs.streaming(angles + 3 * tokens * heads * rotaryDim, inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] positions = call.input(1).values();
    double[] inverse = call.input(2).values();
    double[] y = x.values().clone();
    for (int t = 0; t < positions.length; t++) {
      for (int pair = 0; pair < rotaryDim / 2; pair++) {
        double cos = Math.cos(positions[t] * inverse[pair]) * magnitude;
        double sin = Math.sin(positions[t] * inverse[pair]) * magnitude;
        int first = offset + (interleaved ? 2 * pair : pair);
        int second = interleaved ? first + 1 : first + rotaryDim / 2;
        for (int head = 0; head < heads; head++) {
          int at = (t * heads + head) * headDim;
          double a = y[at + first];
          double b = y[at + second];
          y[at + first] = a * cos - b * sin;
          y[at + second] = a * sin + b * cos;
        }
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
