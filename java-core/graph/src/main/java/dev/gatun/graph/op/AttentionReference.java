package dev.gatun.graph.op;

import dev.gatun.graph.StateSpec;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;

/** {@link Attention}, one query head at a time. */
final class AttentionReference {
  private final Attention op;
  private final StateSpec spec;
  private final double[] q;
  private final double[] k;
  private final double[] v;
  private final double[] positions;
  private final double[] sequences;

  /** The visible keys and values of one query, as (array, offset) pairs. */
  private final double[][] keys;

  private final int[] keyAt;
  private final double[][] values;
  private final int[] valueAt;
  private int visible;

  private AttentionReference(Attention op, ReferenceCall call, int longest) {
    this.op = op;
    this.spec = op.spec();
    this.q = call.input(0).values();
    this.k = call.input(1).values();
    this.v = spec.valueDim() == 0 ? new double[0] : call.input(2).values();
    this.positions = call.input(3).values();
    this.sequences = call.input(4).values();
    this.keys = new double[longest][];
    this.keyAt = new int[longest];
    this.values = new double[longest][];
    this.valueAt = new int[longest];
  }

  static Array run(Attention op, ReferenceCall call) {
    double[] positions = call.input(3).values();
    int tokens = positions.length;
    int last = 0;
    for (double position : positions) {
      last = Math.max(last, (int) position + 1);
    }
    int longest = op.state().isPresent() ? last : tokens;
    return new AttentionReference(op, call, longest).run(call, tokens);
  }

  private Array run(ReferenceCall call, int tokens) {
    ReferenceState state = op.state().map(call::state).orElse(null);
    if (state != null) {
      for (int t = 0; t < tokens; t++) {
        store(state, t);
      }
    }
    int valueDim = spec.effectiveValueDim();
    int width = op.heads() * valueDim;
    double[] y = new double[tokens * width];
    double[] scores = new double[keys.length];
    int group = op.heads() / spec.kvHeads();
    for (int t = 0; t < tokens; t++) {
      if (state != null) {
        seeStored(state, t);
      } else {
        seeBatch(t, tokens);
      }
      for (int head = 0; head < op.heads(); head++) {
        attend(t, head, head / group, scores, y, t * width + head * valueDim);
      }
    }
    return new Array(DType.F32, Shape.of(tokens, width), y);
  }

  private void store(ReferenceState state, int t) {
    int keyWidth = spec.kvHeads() * spec.keyDim();
    int valueWidth = spec.kvHeads() * spec.valueDim();
    state.put(
        (int) sequences[t],
        (int) positions[t],
        Arrays.copyOfRange(k, t * keyWidth, (t + 1) * keyWidth),
        Arrays.copyOfRange(v, t * valueWidth, (t + 1) * valueWidth));
  }

  private void seeStored(ReferenceState state, int t) {
    visible = 0;
    int position = (int) positions[t];
    int first = spec.window() == 0 ? 0 : Math.max(0, position - spec.window() + 1);
    for (int p = first; p <= position; p++) {
      double[] key = state.key((int) sequences[t], p);
      if (key != null) {
        see(key, 0, state.value((int) sequences[t], p), 0);
      }
    }
  }

  private void seeBatch(int t, int tokens) {
    visible = 0;
    int keyWidth = spec.kvHeads() * spec.keyDim();
    int valueWidth = spec.kvHeads() * spec.valueDim();
    for (int other = 0; other < tokens; other++) {
      double distance = positions[t] - positions[other];
      boolean hidden =
          op.causal() && (distance < 0 || (spec.window() > 0 && distance >= spec.window()));
      if (sequences[other] == sequences[t] && !hidden) {
        see(k, other * keyWidth, v, other * valueWidth);
      }
    }
  }

  private void see(double[] key, int keyOffset, double[] value, int valueOffset) {
    boolean view = spec.valueDim() == 0;
    keys[visible] = key;
    keyAt[visible] = keyOffset;
    values[visible] = view ? key : value;
    valueAt[visible] = view ? keyOffset : valueOffset;
    visible++;
  }

  private void attend(int t, int head, int kvHead, double[] scores, double[] y, int to) {
    int keyDim = spec.keyDim();
    int from = (t * op.heads() + head) * keyDim;
    for (int i = 0; i < visible; i++) {
      double score = op.scale() * Linear.dot(q, from, keys[i], keyAt[i] + kvHead * keyDim, keyDim);
      scores[i] = op.softcap() == 0 ? score : op.softcap() * Math.tanh(score / op.softcap());
    }
    Softmax.normalize(scores, visible);
    int stride = spec.valueDim() == 0 ? keyDim : spec.valueDim();
    for (int i = 0; i < visible; i++) {
      int at = valueAt[i] + kvHead * stride;
      for (int d = 0; d < spec.effectiveValueDim(); d++) {
        y[to + d] += scores[i] * values[i][at + d];
      }
    }
  }
}
