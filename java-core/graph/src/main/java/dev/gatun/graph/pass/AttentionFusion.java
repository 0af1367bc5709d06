package dev.gatun.graph.pass;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Multi-head attention over a padded batch, as encoders are exported: queries, keys and values
 * [batch, tokens, heads * dim] are split into heads and transposed, {@code softmax(q k^T * scale +
 * bias) v} is computed for each head, and the heads are joined again. The bias is one number per
 * key: [batch, 1, 1, tokens].
 */
final class AttentionFusion implements Fusion {
  private static final List<Integer> HEADS_FIRST = List.of(0, 2, 1, 3);
  private static final List<Integer> KEYS_TRANSPOSED = List.of(0, 2, 3, 1);

  /** What stands between the two products. */
  private record Weights(Node scores, double scale, Optional<Value> bias) {}

  @Override
  public Optional<Replacement> match(Node last, Pattern pattern) {
    if (!(last.op() instanceof Reshape) || last.output().type().rank() != 3) {
      return Optional.empty();
    }
    Node joined = transposed(last.input(0), HEADS_FIRST, pattern);
    Node sums = joined == null ? null : product(joined.input(0), pattern);
    if (sums == null) {
      return Optional.empty();
    }
    Optional<Weights> weights = weights(sums.input(0), pattern);
    if (weights.isEmpty()) {
      return Optional.empty();
    }
    Value q = heads(weights.get().scores().input(0), HEADS_FIRST, pattern);
    Value k = heads(weights.get().scores().input(1), KEYS_TRANSPOSED, pattern);
    Value v = heads(sums.input(1), HEADS_FIRST, pattern);
    if (q == null || k == null || v == null) {
      return Optional.empty();
    }
    return attention(sums, last.output().type(), weights.get(), q, k, v);
  }

  private static Optional<Replacement> attention(
      Node sums, ValueType type, Weights weights, Value q, Value k, Value v) {
    ValueType queries = weights.scores().input(0).type();
    if (!(queries.dim(1) instanceof Dim.Fixed(long heads))
        || !(queries.dim(3) instanceof Dim.Fixed(long keyDim))
        || !(sums.output().type().dim(3) instanceof Dim.Fixed(long valueDim))) {
      return Optional.empty();
    }
    List<Dim> tokens = List.of(queries.dim(0), queries.dim(2));
    boolean fits =
        isRows(q, tokens, heads * keyDim)
            && isRows(k, tokens, heads * keyDim)
            && isRows(v, tokens, heads * valueDim)
            && isRows(type, tokens, heads * valueDim)
            && heads * Math.max(keyDim, valueDim) <= Integer.MAX_VALUE;
    if (!fits || weights.bias().filter(bias -> !isKeyBias(bias, tokens)).isPresent()) {
      return Optional.empty();
    }
    var spec = new StateSpec((int) heads, (int) keyDim, (int) valueDim, 0, 0, DType.F32);
    var op = new Attention((int) heads, spec, (float) weights.scale(), 0, false, Optional.empty());
    return Optional.of((builder, name, copied) -> {
      Value bias = Value.ABSENT;
      if (weights.bias().isPresent()) {
        Value full = copied.apply(weights.bias().get());
        bias = builder.node(name + ".bias", new Reshape(tokens), full);
      }
      return builder.node(
          name,
          op,
          copied.apply(q),
          copied.apply(k),
          copied.apply(v),
          Value.ABSENT,
          Value.ABSENT,
          bias);
    });
  }

  private static boolean isRows(Value value, List<Dim> tokens, long width) {
    return isRows(value.type(), tokens, width);
  }

  private static boolean isRows(ValueType type, List<Dim> tokens, long width) {
    return type.dtype() == DType.F32
        && type.rank() == 3
        && type.dims().subList(0, 2).equals(tokens)
        && type.dim(2).is(width);
  }

  private static boolean isKeyBias(Value bias, List<Dim> tokens) {
    ValueType type = bias.type();
    return type.dtype() == DType.F32
        && type.dims().equals(List.of(tokens.get(0), Dim.of(1), Dim.of(1), tokens.get(1)));
  }

  /** Softmax of scores that are scaled and, perhaps, biased. */
  private static Optional<Weights> weights(Value weights, Pattern pattern) {
    Node softmax = pattern.producer(weights, Softmax.class);
    int lastAxis = weights.type().rank() - 1;
    if (softmax == null
        || (((Softmax) softmax.op()).axis() != lastAxis && ((Softmax) softmax.op()).axis() != -1)) {
      return Optional.empty();
    }
    Node sum = pattern.binary(softmax.input(0), Binary.Function.ADD);
    if (sum == null) {
      return scaled(softmax.input(0), Optional.empty(), pattern);
    }
    for (int i = 0; i < 2; i++) {
      Optional<Weights> found = scaled(sum.input(i), Optional.of(Pattern.other(sum, i)), pattern);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Weights> scaled(Value scores, Optional<Value> bias, Pattern pattern) {
    Node product = product(scores, pattern);
    if (product != null) {
      return Optional.of(new Weights(product, 1, bias));
    }
    Node quotient = pattern.binary(scores, Binary.Function.DIV);
    if (quotient != null) {
      return scaled(quotient, 0, true, bias, pattern);
    }
    Node multiple = pattern.binary(scores, Binary.Function.MUL);
    if (multiple == null) {
      return Optional.empty();
    }
    return scaled(multiple, 0, false, bias, pattern)
        .or(() -> scaled(multiple, 1, false, bias, pattern));
  }

  private static Optional<Weights> scaled(
      Node node, int scores, boolean divided, Optional<Value> bias, Pattern pattern) {
    Node product = product(node.input(scores), pattern);
    OptionalDouble factor = pattern.scalar(Pattern.other(node, scores));
    if (product == null || factor.isEmpty() || factor.getAsDouble() == 0) {
      return Optional.empty();
    }
    double scale = divided ? 1 / factor.getAsDouble() : factor.getAsDouble();
    return Optional.of(new Weights(product, scale, bias));
  }

  private static Node product(Value value, Pattern pattern) {
    Node node = pattern.producer(value, MatMul.class);
    boolean plain = node != null && !((MatMul) node.op()).transposeB();
    return plain && value.type().rank() == 4 ? node : null;
  }

  private static Node transposed(Value value, List<Integer> permutation, Pattern pattern) {
    Node node = pattern.producer(value, Transpose.class);
    return node != null && node.op().equals(new Transpose(permutation)) ? node : null;
  }

  /** The rows that a value [batch, heads, ..] was split from. */
  private static Value heads(Value value, List<Integer> permutation, Pattern pattern) {
    Node transposed = transposed(value, permutation, pattern);
    if (transposed == null) {
      return null;
    }
    Node split = pattern.producer(transposed.input(0), Reshape.class);
    return split == null ? null : split.input(0);
  }
}
