package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.DType;
import java.util.Locale;
import java.util.Optional;

/** Writes config.json from a GGUF model's metadata. */
final class HfConfigWriter {
  private final ModelSource model;
  private final Metadata metadata;
  private final String architecture;
  private final ObjectNode out;

  HfConfigWriter(ModelSource model, Family family, ObjectNode out) {
    this.model = model;
    this.metadata = model.metadata();
    this.architecture = family.architecture();
    this.out = out;
  }

  /** Fills it. */
  void write(Family family, DType type) {
    boolean experts = integer("expert_count").orElse(0L) > 0;
    String cls =
        experts && architecture.equals("llama")
            ? "MixtralForCausalLM"
            : family.classes().getFirst();
    out.putArray("architectures").add(cls);
    out.put(
        "model_type",
        switch (architecture) {
          case "llama" -> experts ? "mixtral" : "llama";
          case "qwen2moe" -> "qwen2_moe";
          case "qwen3moe" -> "qwen3_moe";
          case "gemma3" -> "gemma3_text";
          default -> architecture;
        });
    String kind =
        switch (type) {
          case F32 -> "float32";
          case BF16 -> "bfloat16";
          default -> "float16";
        };
    out.put("torch_dtype", kind);
    integer("vocab_size", "vocab_size");
    if (!out.has("vocab_size")) {
      out.put("vocab_size", model.info("token_embd.weight").orElseThrow().shape().dim(0));
    }
    integer("hidden_size", "embedding_length");
    integer("intermediate_size", "feed_forward_length");
    integer("num_hidden_layers", "block_count");
    integer("num_attention_heads", "attention.head_count");
    integer("max_position_embeddings", "context_length");
    if (architecture.equals("bert")) {
      bert();
    } else {
      decoder();
    }
    token("bos_token_id", "bos");
    token("eos_token_id", "eos");
    token("pad_token_id", "padding");
  }

  private void bert() {
    number("layer_norm_eps", "attention.layer_norm_epsilon");
    out.put("hidden_act", "gelu");
    model
        .info("token_types.weight")
        .ifPresent(types -> out.put("type_vocab_size", types.shape().dim(0)));
  }

  private void decoder() {
    integer("num_key_value_heads", "attention.head_count_kv");
    if (!architecture.equals("phi3") && !architecture.equals("qwen2")) {
      integer("head_dim", "attention.key_length");
      if (!out.has("head_dim")) {
        integer("head_dim", "rope.dimension_count");
      }
    }
    number("rms_norm_eps", "attention.layer_norm_rms_epsilon");
    number("rope_theta", "rope.freq_base");
    boolean gemma = architecture.startsWith("gemma");
    out.put(gemma ? "hidden_activation" : "hidden_act", gemma ? "gelu_pytorch_tanh" : "silu");
    out.put("tie_word_embeddings", model.info("output.weight").isEmpty());
    integer("sliding_window", "attention.sliding_window");
    if (out.path("sliding_window").asLong(1) == 0) {
      out.putNull("sliding_window");
    }
    number("attn_logit_softcapping", "attn_logit_softcapping");
    number("final_logit_softcapping", "final_logit_softcapping");
    if (gemma && !architecture.equals("gemma")) {
      out.put("query_pre_attn_scalar", out.path("head_dim").asLong());
    }
    if (architecture.equals("gemma3")) {
      number("rope_local_base_freq", "rope.freq_base_swa");
      if (!out.has("rope_local_base_freq")) {
        out.put("rope_local_base_freq", 10000.0);
      }
      out.put("sliding_window_pattern", 6);
    }
    if (model.info("blk.0.attn_q.bias").isPresent() && architecture.equals("llama")) {
      out.put("attention_bias", true);
    }
    integer(architecture.equals("llama") ? "num_local_experts" : "num_experts", "expert_count");
    integer("num_experts_per_tok", "expert_used_count");
    if (architecture.endsWith("moe")) {
      // Every block has experts: GGUF knows no others. Readers want it said.
      out.put("decoder_sparse_step", 1).putArray("mlp_only_layers");
    }
    integer("moe_intermediate_size", "expert_feed_forward_length");
    integer("shared_expert_intermediate_size", "expert_shared_feed_forward_length");
    if (architecture.equals("qwen3moe")) {
      out.put("norm_topk_prob", true);
    }
    scaling();
  }

  private void scaling() {
    String type = metadata.string(architecture + ".rope.scaling.type").orElse("none");
    if (model.info("rope_freqs.weight").isPresent()) {
      LlamaRope.of(model).write(out.putObject("rope_scaling"));
    } else if (model.info("rope_factors_long.weight").isPresent()) {
      integer("original_max_position_embeddings", "rope.scaling.original_context_length");
      ObjectNode node = out.putObject("rope_scaling");
      node.put("rope_type", "longrope");
      for (String kind : new String[] {"long", "short"}) {
        var values = node.putArray(kind + "_factor");
        for (float value :
            model.tensor("rope_factors_" + kind + ".weight").orElseThrow().toFloats()) {
          values.add(shortest(value));
        }
      }
    } else if (type.equals("linear") || type.equals("yarn")) {
      ObjectNode node = out.putObject("rope_scaling");
      node.put("rope_type", type);
      scalingNumber(node, "factor", "factor");
      metadata
          .integer(architecture + ".rope.scaling.original_context_length")
          .ifPresent(value -> node.put("original_max_position_embeddings", value));
      scalingNumber(node, "extrapolation_factor", "yarn_ext_factor");
      scalingNumber(node, "attention_factor", "yarn_attn_factor");
      scalingNumber(node, "beta_fast", "yarn_beta_fast");
      scalingNumber(node, "beta_slow", "yarn_beta_slow");
    } else if (!type.equals("none")) {
      throw new ModelFormatException(
          model.name(), -1, "scales its positions by '" + type + "', which is not converted");
    } else if (architecture.equals("phi3")) {
      integer("original_max_position_embeddings", "rope.scaling.original_context_length");
    }
  }

  private void scalingNumber(ObjectNode node, String name, String key) {
    metadata
        .floating(architecture + ".rope.scaling." + key)
        .ifPresent(value -> node.put(name, shortest(value.floatValue())));
  }

  private Optional<Long> integer(String key) {
    return metadata.integer(architecture + "." + key);
  }

  private void integer(String name, String key) {
    integer(key).ifPresent(value -> out.put(name, value));
  }

  private void number(String name, String key) {
    metadata
        .floating(architecture + "." + key)
        .ifPresent(value -> out.put(name, shortest(value.floatValue())));
  }

  /** The number of the fewest digits that is this single-precision number: 1e-5, not 9.99…e-6. */
  static double shortest(float value) {
    return Double.parseDouble(Float.toString(value).toLowerCase(Locale.ROOT));
  }

  private void token(String name, String role) {
    metadata.integer("tokenizer.ggml." + role + "_token_id").ifPresent(id -> out.put(name, id));
  }
}
