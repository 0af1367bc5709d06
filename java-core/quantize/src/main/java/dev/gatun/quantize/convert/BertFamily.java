package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** BERT and its descendants with WordPiece: MiniLM, BGE, E5, GTE. */
final class BertFamily extends Family {
  BertFamily() {
    super("bert", "BertModel", "BertForMaskedLM");
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("max_position_embeddings", 512);
    defaults.put("type_vocab_size", 2);
    defaults.put("layer_norm_eps", 1e-12);
    return defaults;
  }

  @Override
  TokenizerKind tokenizer() {
    return TokenizerKind.WORD_PIECE;
  }

  @Override
  Optional<String> local(String name) {
    String text = name.startsWith("bert.") ? name.substring("bert.".length()) : name;
    if (text.endsWith(".gamma")) {
      text = text.substring(0, text.length() - "gamma".length()) + "weight";
    } else if (text.endsWith(".beta")) {
      text = text.substring(0, text.length() - "beta".length()) + "bias";
    }
    return text.equals("embeddings.position_ids") ? Optional.empty() : Optional.of(text);
  }

  @Override
  String published(String local) {
    return local;
  }

  @Override
  List<NameRule> rules() {
    String layer = "encoder.layer.{i}.";
    return List.of(
        NameRule.of("embeddings.word_embeddings", "token_embd"),
        NameRule.of("embeddings.position_embeddings", "position_embd"),
        NameRule.of("embeddings.token_type_embeddings", "token_types"),
        NameRule.of("embeddings.LayerNorm", "token_embd_norm"),
        NameRule.of(layer + "attention.self.query", "blk.{i}.attn_q"),
        NameRule.of(layer + "attention.self.key", "blk.{i}.attn_k"),
        NameRule.of(layer + "attention.self.value", "blk.{i}.attn_v"),
        NameRule.of(layer + "attention.output.dense", "blk.{i}.attn_output"),
        NameRule.of(layer + "attention.output.LayerNorm", "blk.{i}.attn_output_norm"),
        NameRule.of(layer + "intermediate.dense", "blk.{i}.ffn_up"),
        NameRule.of(layer + "output.dense", "blk.{i}.ffn_down"),
        NameRule.of(layer + "output.LayerNorm", "blk.{i}.layer_output_norm"),
        NameRule.dropped("pooler.dense"),
        NameRule.dropped("cls.predictions"),
        NameRule.dropped("cls.predictions.transform.dense"),
        NameRule.dropped("cls.predictions.transform.LayerNorm"),
        NameRule.dropped("cls.predictions.decoder"),
        NameRule.dropped("cls.seq_relationship"));
  }

  @Override
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    super.metadata(config, keys, fileType);
    keys.bool("attention.causal", false);
  }

  /**
   * How the outputs of tokens become one vector, from the files of sentence-transformers: 1 mean, 2
   * first token, 3 last.
   */
  static Optional<Integer> pooling(ModelFolder folder) {
    for (JsonNode module : folder.json("modules.json")) {
      if (!module.path("type").asText().endsWith("Pooling")) {
        continue;
      }
      String place = module.path("path").asText("");
      if (place.contains("..")) {
        break;
      }
      JsonNode pooling = folder.json(place + "/config.json");
      String mode = pooling.path("pooling_mode").asText("");
      if (pooling.path("pooling_mode_mean_tokens").asBoolean() || mode.equals("mean")) {
        return Optional.of(1);
      }
      if (pooling.path("pooling_mode_cls_token").asBoolean() || mode.equals("cls")) {
        return Optional.of(2);
      }
      if (pooling.path("pooling_mode_lasttoken").asBoolean() || mode.equals("lasttoken")) {
        return Optional.of(3);
      }
    }
    return Optional.empty();
  }
}
