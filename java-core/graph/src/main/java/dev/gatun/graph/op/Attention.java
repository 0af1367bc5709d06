package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scaled dot-product attention of grouped heads (Vaswani et al. 2017; Ainslie et al. 2023) over a
 * flat batch of tokens of one or many sequences, or over a padded batch of sequences.
 *
 * <p>Inputs of a flat batch: q F32 [tokens, heads * keyDim]; k F32 [tokens, kvHeads * keyDim]; v
 * F32 [tokens, kvHeads * valueDim], absent when the value is a view of the key ({@link
 * StateSpec#valueView}); positions I32 [tokens]; sequences I32 [tokens]. Output F32 [tokens, heads
 * * valueDim].
 *
 * <p>Inputs of a padded batch: q F32 [batch, tokens, heads * keyDim], k and v likewise; positions
 * and sequences absent; bias F32 [batch, tokens], optional, which is added to the scores of each
 * key: very negative where a key is padding. Output F32 [batch, tokens, heads * valueDim]. There is
 * no state; a token's position is its place in its row of the batch.
 *
 * <p>With a state, k and v are first stored at (sequence, position); then each query sees the
 * stored positions of its sequence up to its own. Without one, it sees the tokens of the batch with
 * its sequence id: all of them, or those up to its position when {@code causal}. With a window w a
 * causal query at p sees (p - w, p]. Scores are {@code scale * q.k}, then {@code softcap *
 * tanh(score / softcap)} when softcap is not 0, then softmax.
 *
 * @param heads query heads, a multiple of the state's key-value heads
 * @param spec heads and dims of keys and values, and the window
 * @param scale factor of the scores
 * @param softcap bound of the scores; 0 for none
 * @param causal whether later positions are hidden; must be true with a state
 * @param state name of the graph's state, or empty
 */
public record Attention(
    int heads, StateSpec spec, float scale, float softcap, boolean causal, Optional<String> state)
    implements Op {
  @Override
  public String type() {
    return "Attention";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType q = Infer.floating(this, inputs, 0);
    ValueType k = Infer.floating(this, inputs, 1);
    Infer.check(this, heads % spec.kvHeads() == 0, "%s heads on %s", heads, spec.kvHeads());
    Infer.check(this, causal || state.isEmpty(), "attention over a state is causal");
    Infer.check(
        this,
        (q.rank() == 2 || q.rank() == 3) && q.dim(-1).is((long) heads * spec.keyDim()),
        "q is %s, not [tokens, %s * %s]",
        q,
        heads,
        spec.keyDim());
    List<Dim> tokens = q.dims().subList(0, q.rank() - 1);
    Infer.check(
        this,
        k.dims().equals(rows(tokens, (long) spec.kvHeads() * spec.keyDim())),
        "k is %s, q is %s",
        k,
        q);
    if (spec.valueDim() > 0) {
      ValueType v = Infer.floating(this, inputs, 2);
      Infer.check(
          this,
          v.dims().equals(rows(tokens, (long) spec.kvHeads() * spec.valueDim())),
          "v is %s, q is %s",
          v,
          q);
    }
    if (tokens.size() == 2) {
      padded(inputs, tokens);
    } else {
      flat(inputs, tokens);
    }
    return List.of(new ValueType(DType.F32, rows(tokens, (long) heads * spec.effectiveValueDim())));
  }

  private void flat(List<ValueType> inputs, List<Dim> tokens) {
    for (int i = 3; i < 5; i++) {
      ValueType ids = Infer.integer(this, inputs, i);
      Infer.check(this, ids.dims().equals(tokens), "input %s is %s", i, ids);
    }
    Infer.check(this, !Infer.present(inputs, 5), "a flat batch has no bias");
  }

  private void padded(List<ValueType> inputs, List<Dim> tokens) {
    Infer.check(this, state.isEmpty(), "a padded batch has no state");
    Infer.check(
        this,
        !Infer.present(inputs, 3) && !Infer.present(inputs, 4),
        "a padded batch has neither positions nor sequences");
    if (Infer.present(inputs, 5)) {
      ValueType bias = Infer.floating(this, inputs, 5);
      Infer.check(this, bias.dims().equals(tokens), "bias is %s, q has %s", bias, tokens);
    }
  }

  private static List<Dim> rows(List<Dim> tokens, long width) {
    List<Dim> dims = new ArrayList<>(tokens);
    dims.add(Dim.of(width));
    return dims;
  }

  /** As {@link #cost(List, List, long)} with nothing stored. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return cost(inputs, outputs, 0);
  }

  /**
   * Work when all tokens belong to one sequence with {@code past} stored positions; stored keys and
   * values are read once.
   */
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs, long past) {
    Shape q = inputs.getFirst().shape();
    double tokens = q.dim(-2);
    double sequences = q.rank() == 3 ? q.dim(0) : 1;
    double before = state.isEmpty() ? 0 : past;
    double visible = causal ? before + (tokens + 1) / 2 : tokens;
    if (causal && spec.window() > 0) {
      visible = Math.min(visible, spec.window());
    }
    double pairs = sequences * tokens * visible * heads;
    double flops = pairs * (2.0 * spec.keyDim() + 2.0 * spec.effectiveValueDim() + Costs.FUNCTION);
    double stored = state.isEmpty() ? 0 : tokens + Math.min(before, visible + tokens);
    return Costs.streaming(flops, inputs, outputs)
        .plus(new Cost(0, 0, stored * spec.bytesPerPosition()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return List.of(AttentionReference.run(this, call));
  }
}
