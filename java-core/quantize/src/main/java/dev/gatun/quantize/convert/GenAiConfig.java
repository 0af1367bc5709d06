package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.models.arch.ModelGraph;
import java.util.Set;

/** The configuration by which the ONNX Runtime generate API (onnxruntime-genai) runs a decoder. */
final class GenAiConfig {
  /** Kinds that it knows; it treats all of them as decoders with a cache. */
  private static final Set<String> KINDS =
      Set.of("llama", "mistral", "gemma", "gemma2", "gemma3_text", "phi3", "qwen2", "qwen3");

  private GenAiConfig() {}

  /**
   * The content of genai_config.json.
   *
   * @param config Hugging Face's configuration of the same model
   * @param cache of one layer
   */
  static ObjectNode of(JsonNode config, ModelGraph graph, LoweredState.Cache cache) {
    String kind = config.path("model_type").asText();
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode model = root.putObject("model");
    model.put("type", KINDS.contains(kind) ? kind : "llama");
    for (String token : new String[] {"bos_token_id", "eos_token_id", "pad_token_id"}) {
      JsonNode id = config.path(token);
      model.set(token, id.isMissingNode() ? config.path("eos_token_id") : id);
    }
    model.put("context_length", graph.trainedContextLength());
    model.put("vocab_size", graph.vocabularySize());
    ObjectNode decoder = model.putObject("decoder");
    decoder.put("filename", "model.onnx");
    decoder.put("head_size", cache.dim());
    decoder.put("hidden_size", graph.embeddingWidth());
    decoder.put("num_attention_heads", config.path("num_attention_heads").asInt());
    decoder.put("num_key_value_heads", cache.heads());
    decoder.put("num_hidden_layers", graph.layers());
    decoder
        .putObject("inputs")
        .put("input_ids", "input_ids")
        .put("attention_mask", "attention_mask")
        .put("past_key_names", "past_key_values.%d.key")
        .put("past_value_names", "past_key_values.%d.value");
    decoder
        .putObject("outputs")
        .put("logits", "logits")
        .put("present_key_names", "present.%d.key")
        .put("present_value_names", "present.%d.value");
    root.putObject("search")
        .put("max_length", graph.trainedContextLength())
        .put("past_present_share_buffer", true)
        .put("do_sample", false);
    return root;
  }
}
