package dev.gatun.testkit;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Unary.Function;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.TinyModel.Kind;
import dev.gatun.testkit.cases.Data;
import java.util.Optional;

/** Builds the graph of a {@link TinyModel}. */
final class TinyModelBuilder {
  private static final int LAYERS = 2;
  private static final int HEAD_DIM = 16;
  private static final int EXPERTS = 6;
  private static final int LATENT_DIM = 32;
  private static final double EPSILON = 1e-5;

  private final TinyModel model;
  private final Kind kind;
  private final Data data;
  private final GraphBuilder g;
  private final int width;
  private final int heads;
  private final int kvHeads;
  private Value positions;
  private Value sequences;
  private int layer;

  TinyModelBuilder(TinyModel model) {
    this.model = model;
    kind = model.kind();
    data = new Data(model.toString());
    g = new GraphBuilder("tiny-" + kind);
    width = model.width();
    heads = width / HEAD_DIM;
    kvHeads =
        switch (kind) {
          case NEOX -> heads;
          case GEMMA, LATENT -> 1;
          default -> heads / 2;
        };
  }

  Graph build() {
    Dim count = Dim.symbol(Batch.TOKENS, 1, 4096);
    Value tokens = g.input(Batch.TOKENS, DType.I32, count);
    positions = g.input(Batch.POSITIONS, DType.I32, count);
    sequences = g.input(Batch.SEQUENCES, DType.I32, count);
    Value rows = g.input(Batch.ROWS, DType.I32, Dim.symbol(Batch.ROWS, 0, 4096));
    Value embeddings = weight("token_embd", TinyModel.VOCABULARY, width);
    Value scale = g.scalar("embedding_scale", (float) Math.sqrt(width));
    Value x = g.mul("embedding_scaled", g.gather("embedding", embeddings, tokens), scale);
    for (layer = 0; layer < LAYERS; layer++) {
      g.scope("blk." + layer + ".");
      g.state("kv." + layer, spec());
      x = kind == Kind.NEOX ? parallel(x) : sequential(x);
    }
    g.scope("");
    Value last = norm("output_norm", g.gather("wanted", x, rows));
    if (kind == Kind.GEMMA) {
      Value raw = g.linear("uncapped", last, embeddings);
      Value bounded = g.unary("bounded", Function.TANH, scaled("lowered", raw, 0.2));
      g.output(scaled("logits", bounded, 5));
    } else {
      g.output(g.linear("logits", last, weight("output", TinyModel.VOCABULARY, width)));
    }
    return g.build();
  }

  private Value sequential(Value x) {
    Value attended = attention(norm("attn_norm", x));
    if (kind == Kind.GEMMA) {
      attended = norm("attn_post_norm", attended);
    }
    Value middle = g.add("attn_residual", x, attended);
    Value fed = feedForward(norm("ffn_norm", middle));
    if (kind == Kind.GEMMA) {
      fed = norm("ffn_post_norm", fed);
    }
    return g.add("ffn_residual", middle, fed);
  }

  private Value parallel(Value x) {
    Value attended = attention(norm("attn_norm", x));
    Value fed = feedForward(norm("ffn_norm", x));
    return g.add("residual", g.add("branches", attended, fed), x);
  }

  private StateSpec spec() {
    int window = kind == Kind.GEMMA && layer == 0 ? 7 : 0;
    return kind == Kind.LATENT
        ? new StateSpec(1, LATENT_DIM + HEAD_DIM, 0, LATENT_DIM, window, model.state())
        : new StateSpec(kvHeads, HEAD_DIM, HEAD_DIM, 0, window, model.state());
  }

  private Value attention(Value x) {
    StateSpec spec = spec();
    float softcap = kind == Kind.GEMMA ? 20 : 0;
    float scale = (float) (1 / Math.sqrt(spec.keyDim()));
    Attention op = new Attention(heads, spec, scale, softcap, true, Optional.of("kv." + layer));
    int qWidth = heads * spec.keyDim();
    int kWidth = spec.kvHeads() * spec.keyDim();
    int vWidth = spec.kvHeads() * spec.valueDim();
    Value q;
    Value k;
    Value v = Value.ABSENT;
    if (kind == Kind.PHI) {
      Value fused = linear("attn_qkv", x, qWidth + kWidth + vWidth);
      q = g.slice("q", fused, 1, 0, qWidth);
      k = g.slice("k", fused, 1, qWidth, kWidth);
      v = g.slice("v", fused, 1, qWidth + kWidth, vWidth);
    } else {
      q = linear("attn_q", x, qWidth);
      k = linear("attn_k", x, kWidth);
      v = vWidth == 0 ? v : linear("attn_v", x, vWidth);
    }
    q = rotary("q_rope", headNorm("q_norm", q, heads, spec.keyDim()), heads, spec.keyDim());
    k = rotary("k_rope", headNorm("k_norm", k, kvHeads, spec.keyDim()), kvHeads, spec.keyDim());
    Value mixed = g.attention("attn", op, q, k, v, positions, sequences);
    return linear("attn_output", mixed, width);
  }

  private Value headNorm(String name, Value x, int count, int dim) {
    if (kind != Kind.QWEN) {
      return x;
    }
    Dim tokens = x.type().dim(0);
    Value split = g.reshape(name + "_split", x, tokens, Dim.of(count), Dim.of(dim));
    Value scale = g.constant(name + "_weight", data.scales(dim));
    Value normed = g.rmsNormalization(name, split, scale, EPSILON);
    return g.reshape(name + "_joined", normed, tokens, Dim.of((long) count * dim));
  }

  private Value rotary(String name, Value x, int count, int dim) {
    int offset = kind == Kind.LATENT ? LATENT_DIM : 0;
    int turning = kind == Kind.NEOX ? HEAD_DIM / 4 : HEAD_DIM;
    boolean interleaved = kind == Kind.LLAMA || kind == Kind.LATENT || kind == Kind.MIXTURE;
    RotaryEmbedding op = new RotaryEmbedding(count, dim, offset, turning, interleaved, 1);
    double[] inverse = new double[turning / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = (float) Math.pow(10000, -(double) i / inverse.length);
    }
    Array values = Array.ofFloats(Shape.of(inverse.length), inverse);
    return g.rotary(name, op, x, positions, g.constant(name + "_freqs", Data.tensor(values)));
  }

  private Value feedForward(Value x) {
    int ffn = 2 * width;
    return switch (kind) {
      case PHI -> {
        Value fused = linear("ffn_up", x, 2 * ffn);
        Value gate = g.slice("gate", fused, 1, 0, ffn);
        Value up = g.slice("up", fused, 1, ffn, ffn);
        yield linear("ffn_down", g.gated("ffn_act", Function.SILU, gate, up), width);
      }
      case NEOX ->
          linear(
              "ffn_down", g.unary("ffn_act", Function.GELU_TANH, linear("ffn_up", x, ffn)), width);
      case MIXTURE -> experts(x, Gating.SOFTMAX);
      case SHARED_EXPERT -> g.add("ffn_sum", experts(x, Gating.SIGMOID), gated(x, width));
      default -> gated(x, ffn);
    };
  }

  private Value gated(Value x, int ffn) {
    Function activation = kind == Kind.GEMMA ? Function.GELU_TANH : Function.SILU;
    Value gate = linear("ffn_gate", x, ffn);
    Value up = linear("ffn_up", x, ffn);
    return linear("ffn_down", g.gated("ffn_act", activation, gate, up), width);
  }

  private Value experts(Value x, Gating gating) {
    int ffn = width;
    boolean sigmoid = gating == Gating.SIGMOID;
    MixtureOfExperts op =
        new MixtureOfExperts(EXPERTS, 2, Function.SILU, gating, sigmoid, sigmoid ? 1.5f : 1);
    // Decisive logits: no rounding of activations may turn a choice.
    Value logits = scaled("router_logits", router(x), 8);
    Value bias =
        sigmoid
            ? g.constant("router_bias", Data.tensor(data.deviating(0.1, EXPERTS)))
            : Value.ABSENT;
    return g.node(
        "experts",
        op,
        x,
        logits,
        weight("ffn_gate_exps", EXPERTS, ffn, width),
        weight("ffn_up_exps", EXPERTS, ffn, width),
        weight("ffn_down_exps", EXPERTS, width, ffn),
        bias);
  }

  private Value router(Value x) {
    return g.linear(
        "router", x, g.constant("router_weight", data.weights(DType.F32, EXPERTS, width)));
  }

  private Value norm(String name, Value x) {
    Value scale = g.constant(name + "_weight", data.scales(width));
    if (kind != Kind.NEOX) {
      return g.rmsNormalization(name, x, scale, EPSILON);
    }
    Value bias = g.constant(name + "_bias", Data.tensor(data.deviating(0.1, width)));
    return g.layerNormalization(name, x, scale, bias, EPSILON);
  }

  /** A product with weights, and a bias where the kind has them. */
  private Value linear(String name, Value x, int out) {
    long in = ((Dim.Fixed) x.type().dim(1)).size();
    boolean biased = kind == Kind.NEOX || (kind == Kind.QWEN && name.matches("attn_[qkv]"));
    if (!biased) {
      return g.linear(name, x, weight(name + "_weight", out, in));
    }
    Value product = g.linear(name + "_product", x, weight(name + "_weight", out, in));
    return g.add(name, product, g.constant(name + "_bias", Data.tensor(data.deviating(0.1, out))));
  }

  private Value weight(String name, long... dims) {
    return g.constant(name, data.modelWeights(model.weights(), dims));
  }

  private Value scaled(String name, Value x, double factor) {
    return g.mul(name, x, g.scalar(name + "_factor", (float) factor));
  }
}
