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
  private final double[] bias;

  /** The visible keys and values of one query, as (array, offset) pairs. */
  private final double[][] keys;

  private final int[] keyAt;
  private final double[][] values;
  private final int[] valueAt;
  private final int[] rows;
  private int visible;

  private AttentionReference(
      Attention op, ReferenceCall call, double[] positions, double[] sequences, int longest) {
    this.op = op;
    this.spec = op.spec();
    this.q = call.input(0).values();
    this.k = call.input(1).values();
    this.v = spec.valueDim() == 0 ? new double[0] : call.input(2).values();
    this.positions = positions;
    this.sequences = sequences;
    this.bias = call.input(5) == null ? null : call.input(5).values();
    this.rows = new int[longest];
    this.keys = new double[longest][];
    this.keyAt = new int[longest];
    this.values = new double[longest][];
    this.valueAt = new int[longest];
  }

  static Array run(Attention op, ReferenceCall call) {
    Shape shape = call.input(0).shape();
    if (shape.rank() == 3) {
      return padded(op, call, shape);
    }
    double[] positions = call.input(3).values();
    double[] sequences = call.input(4).values();
    int tokens = positions.length;
    int last = 0;
    for (double position : positions) {
      last = Math.max(last, (int) position + 1);
    }
    int longest = op.state().isPresent() ? last : tokens;
    return new AttentionReference(op, call, positions, sequences, longest).run(call, tokens);
  }

  /** The rows of a padded batch, one after the other, are a flat one. */
  private static Array padded(Attention op, ReferenceCall call, Shape shape) {
    int tokens = Math.toIntExact(shape.dim(0) * shape.dim(1));
    double[] positions = new double[tokens];
    double[] sequences = new double[tokens];
    for (int i = 0; i < tokens; i++) {
      positions[i] = i % shape.dim(1);
      sequences[i] = Math.floorDiv(i, shape.dim(1));
    }
    Array flat = new AttentionReference(op, call, positions, sequences, tokens).run(call, tokens);
    return flat.reshape(Shape.of(shape.dim(0), shape.dim(1), flat.shape().dim(1)));
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
        see(p, key, 0, state.value((int) sequences[t], p), 0);
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
        see(other, k, other * keyWidth, v, other * valueWidth);
      }
    }
  }

  private void see(int row, double[] key, int keyOffset, double[] value, int valueOffset) {
    boolean view = spec.valueDim() == 0;
    rows[visible] = row;
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
      scores[i] += bias == null ? 0 : bias[rows[i]];
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
