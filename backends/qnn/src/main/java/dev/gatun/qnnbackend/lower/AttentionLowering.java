package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Attention as products and a softmax, and the turning of heads before it. Masks, cosines and sines
 * are inputs: they follow from positions alone, and whoever fills the inputs computes them exactly.
 * Stored keys and values are inputs, and those of the run outputs.
 */
final class AttentionLowering {
  private final Scope scope;
  private final Emitter emit;
  private final List<Sink> news = new ArrayList<>();
  private final Map<List<Object>, QnnTensor> shared = new HashMap<>();

  AttentionLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  /** Keys and values to be stored. */
  List<Sink> news() {
    return news;
  }

  QnnTensor rotary(Node node, RotaryEmbedding op, Form form) {
    int tokens = scope.input(node, 0).dim(0);
    QnnTensor x = emit.reshape(scope.input(node, 0), tokens, op.heads(), op.headDim());
    QnnTensor cos = angles(node, op, false, tokens);
    QnnTensor sin = angles(node, op, true, tokens);
    int half = op.rotaryDim() / 2;
    QnnTensor turning = emit.slice(x, 2, op.offset(), op.rotaryDim());
    QnnTensor a;
    QnnTensor b;
    if (op.interleaved()) {
      QnnTensor pairs = emit.reshape(turning, tokens * op.heads(), half, 2);
      a = emit.reshape(emit.slice(pairs, 2, 0, 1), tokens, op.heads(), half);
      b = emit.reshape(emit.slice(pairs, 2, 1, 1), tokens, op.heads(), half);
    } else {
      a = emit.slice(turning, 2, 0, half);
      b = emit.slice(turning, 2, half, half);
    }
    QnnTensor first = emit.binary("ElementWiseSubtract", form, times(a, cos), times(b, sin));
    QnnTensor second = emit.binary("ElementWiseAdd", form, times(a, sin), times(b, cos));
    QnnTensor turned;
    if (op.interleaved()) {
      int rows = tokens * op.heads();
      List<QnnTensor> columns =
          List.of(emit.reshape(first, rows, half, 1), emit.reshape(second, rows, half, 1));
      turned = emit.reshape(emit.concat(2, columns, form), tokens, op.heads(), op.rotaryDim());
    } else {
      turned = emit.concat(2, List.of(first, second), form);
    }
    List<QnnTensor> parts = new ArrayList<>();
    int end = op.offset() + op.rotaryDim();
    if (op.offset() > 0) {
      parts.add(emit.slice(x, 2, 0, op.offset()));
    }
    parts.add(turned);
    if (end < op.headDim()) {
      parts.add(emit.slice(x, 2, end, op.headDim() - end));
    }
    return emit.reshape(emit.concat(2, parts, form), scope.dims(node.output()));
  }

  private QnnTensor times(QnnTensor a, QnnTensor b) {
    return emit.binary("ElementWiseMultiply", emit.floats(), a, b);
  }

  private QnnTensor angles(Node node, RotaryEmbedding op, boolean sine, int tokens) {
    Value positions = given(node.input(1));
    Value frequencies = node.input(2);
    var constant =
        scope.constant(frequencies).orElseThrow(() -> new Refused("frequencies that are computed"));
    // Each layer may have a constant of its own with the same numbers.
    String numbers = Arrays.toString(constant.data().toFloats());
    List<Object> key = List.of("angles", positions.id(), numbers, sine, op.magnitude());
    return shared.computeIfAbsent(
        key,
        absent -> {
          QnnTensor made = feed(sine ? "sines" : "cosines", tokens, 1, op.rotaryDim() / 2);
          scope
              .feeds()
              .add(
                  new Feed.Angles(
                      made,
                      scope.coded().originalInput(positions),
                      constant.data(),
                      sine,
                      op.magnitude()));
          return made;
        });
  }

  private QnnTensor feed(String what, int... dims) {
    return QnnTensor.of(
        "%s.%d".formatted(what, shared.size()),
        Role.INPUT,
        scope.options().floats(),
        Emitter.list(dims));
  }

  private Value given(Value value) {
    if (!scope.graph().inputs().contains(value)) {
      throw new Refused("'%s' is computed, and no input of the graph".formatted(value.name()));
    }
    return value;
  }

  QnnTensor attention(Node node, Attention op, Form form) {
    return node.input(0).type().rank() == 3 ? padded(node, op, form) : flat(node, op, form);
  }

  /** Sequences of one length, one after the other. */
  private QnnTensor padded(Node node, Attention op, Form form) {
    QnnTensor q = scope.input(node, 0);
    QnnTensor k = scope.input(node, 1);
    QnnTensor v = node.input(2).isAbsent() ? null : scope.input(node, 2);
    int batch = q.dim(0);
    int length = q.dim(1);
    QnnTensor bias =
        node.input(5).isAbsent() ? null : emit.reshape(scope.input(node, 5), batch, 1, 1, length);
    if (op.causal()) {
      QnnTensor mask = emit.reals(List.of(1, 1, length, length), earlier(length, op.spec()));
      bias = bias == null ? mask : emit.binary("ElementWiseAdd", emit.floats(), bias, mask);
    }
    return emit.reshape(attend(op, batch, q, k, v, bias, form), scope.dims(node.output()));
  }

  /** What is added to scores so that a token sees itself and those before it, in the window. */
  private static double[] earlier(int length, StateSpec spec) {
    double[] mask = new double[length * length];
    for (int i = 0; i < mask.length; i++) {
      int distance = i / length - i % length;
      boolean hidden = distance < 0 || (spec.window() > 0 && distance >= spec.window());
      mask[i] = hidden ? Feed.HIDDEN : 0;
    }
    return mask;
  }

  /** Tokens of one or many sequences, among which the mask decides. */
  private QnnTensor flat(Node node, Attention op, Form form) {
    QnnTensor q = scope.input(node, 0);
    QnnTensor k = scope.input(node, 1);
    QnnTensor v = node.input(2).isAbsent() ? null : scope.input(node, 2);
    int capacity = 0;
    if (op.state().isPresent()) {
      State state = scope.graph().state(op.state().get());
      capacity = scope.options().capacity();
      k = continued(state, true, k, capacity);
      v = v == null ? null : continued(state, false, v, capacity);
    }
    QnnTensor mask = mask(node, op, q.dim(0), capacity);
    QnnTensor bias = emit.reshape(mask, 1, 1, mask.dim(0), mask.dim(1));
    return emit.reshape(attend(op, 1, q, k, v, bias, form), scope.dims(node.output()));
  }

  /**
   * Attention of grouped heads: those queries that share a head of keys lie below each other.
   *
   * @param q rows of all heads
   * @param v null where values are a view of keys
   * @param bias [batch or 1, 1, queries or 1, keys]; null for none
   * @return [batch, queries, heads, dim]
   */
  private QnnTensor attend(
      Attention op, int batch, QnnTensor q, QnnTensor k, QnnTensor v, QnnTensor bias, Form form) {
    StateSpec spec = op.spec();
    int dim = spec.effectiveValueDim();
    int group = op.heads() / spec.kvHeads();
    QnnTensor split = heads(q, batch, op.heads(), spec.keyDim());
    QnnTensor keys = heads(k, batch, spec.kvHeads(), spec.keyDim());
    QnnTensor values =
        v == null ? emit.slice(keys, 3, 0, dim) : heads(v, batch, spec.kvHeads(), dim);
    int queries = split.dim(2);
    int seen = keys.dim(2);
    QnnTensor grouped = emit.reshape(split, batch, spec.kvHeads(), group * queries, spec.keyDim());
    QnnTensor scores = emit.reshape(scores(op, grouped, keys), batch, op.heads(), queries, seen);
    if (bias != null) {
      scores = emit.binary("ElementWiseAdd", emit.floats(), scores, bias);
    }
    QnnTensor weights =
        emit.reshape(
            emit.softmax(scores, emit.floats()), batch, spec.kvHeads(), group * queries, seen);
    QnnTensor y =
        emit.reshape(emit.matMul(weights, values, false, form), batch, op.heads(), queries, dim);
    return emit.transpose(y, 0, 2, 1, 3);
  }

  /** [batch, heads, rows, dim]. */
  private QnnTensor heads(QnnTensor x, int batch, int heads, int dim) {
    int rows = Math.toIntExact(x.count() / ((long) batch * heads * dim));
    return emit.transpose(emit.reshape(x, batch, rows, heads, dim), 0, 2, 1, 3);
  }

  /** Products of queries, scaled before half precision could overflow, and keys. */
  private QnnTensor scores(Attention op, QnnTensor queries, QnnTensor keys) {
    QnnTensor scaled = times(queries, emit.real(op.scale()));
    QnnTensor scores = emit.matMul(scaled, keys, true, emit.floats());
    if (op.softcap() == 0) {
      return scores;
    }
    QnnTensor bounded =
        emit.unary("Tanh", emit.floats(), times(scores, emit.real(1 / op.softcap())));
    return times(bounded, emit.real(op.softcap()));
  }

  private QnnTensor continued(State state, boolean keys, QnnTensor rows, int capacity) {
    QnnTensor stored = feed(state.name() + (keys ? ".keys" : ".values"), capacity, rows.dim(1));
    shared.put(List.of(state.name(), keys), stored);
    scope.feeds().add(new Feed.Stored(stored, state, keys));
    news.add(new Sink.News(rows, state, keys));
    return emit.concat(0, List.of(stored, rows), emit.floats());
  }

  private QnnTensor mask(Node node, Attention op, int tokens, int capacity) {
    Value positions = given(node.input(3));
    boolean stored = op.state().isPresent();
    Value sequences = stored ? Value.ABSENT : given(node.input(4));
    int window = op.causal() ? op.spec().window() : 0;
    List<Object> key =
        List.of("mask", positions.id(), sequences.id(), op.causal(), window, capacity);
    return shared.computeIfAbsent(
        key,
        absent -> {
          QnnTensor made = feed("mask", tokens, capacity + tokens);
          scope
              .feeds()
              .add(
                  new Feed.Mask(
                      made,
                      scope.coded().originalInput(positions),
                      scope.coded().originalInput(sequences),
                      op.causal(),
                      window,
                      capacity));
          return made;
        });
  }
}
