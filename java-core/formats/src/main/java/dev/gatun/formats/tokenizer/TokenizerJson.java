package dev.gatun.formats.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.FixedMetadata;
import dev.gatun.graph.Metadata;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A {@code tokenizer.json}, the file of the Hugging Face {@code tokenizers} library. BERT's
 * WordPiece is read.
 *
 * @param metadata what GGUF would say: the keys {@code tokenizer.ggml.*}
 * @param longest tokens that a text is cut to, where the file says so
 */
public record TokenizerJson(Metadata metadata, OptionalInt longest) {
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_TOKENS = 1 << 22;
  private static final long CONTROL = 3;
  private static final long NORMAL = 1;

  /** What GGUF puts before a token that begins a word. */
  private static final String WORD_START = "\u2581";

  private static final String CONTINUES = "##";

  /**
   * Reads a file.
   *
   * @throws ModelFormatException when it is missing, damaged, or of another kind of tokenizer
   */
  public static TokenizerJson read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw bad(path, "has more than " + MAX_BYTES + " bytes: no tokenizer is that large", null);
      }
      JsonNode root = new JsonMapper().readTree(Files.readAllBytes(path));
      return new Reader(path, root).read();
    } catch (JsonProcessingException e) {
      throw bad(path, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw bad(
          path,
          "cannot be read (" + GatunException.reason(e) + "); it must lie beside the model",
          e);
    }
  }

  private static ModelFormatException bad(Path path, String what, Throwable cause) {
    return new ModelFormatException(path.toString(), -1, what, cause);
  }

  private record Reader(Path path, JsonNode root) {
    TokenizerJson read() {
      JsonNode model = root.path("model");
      String type = model.path("type").asText("");
      boolean bert =
          type.equals("WordPiece")
              && model.path("continuing_subword_prefix").asText(CONTINUES).equals(CONTINUES)
              && root.at("/normalizer/type").asText().equals("BertNormalizer")
              && root.at("/pre_tokenizer/type").asText().equals("BertPreTokenizer");
      if (!bert) {
        throw bad(
            path,
            "is a tokenizer of kind '%s'; of tokenizer.json files those of BERT (WordPiece) are read"
                .formatted(type),
            null);
      }
      String[] tokens = tokens(model.path("vocab"));
      Set<Integer> control = new HashSet<>();
      for (JsonNode added : root.path("added_tokens")) {
        if (added.path("special").asBoolean()) {
          control.add(added.path("id").asInt(-1));
        }
      }
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("tokenizer.ggml.model", "bert");
      ids(model, tokens, values);
      JsonNode normalizer = root.path("normalizer");
      boolean lowercase = normalizer.path("lowercase").asBoolean(true);
      values.put("tokenizer.ggml.normalizer.lowercase", lowercase);
      values.put(
          "tokenizer.ggml.normalizer.strip_accents",
          normalizer.path("strip_accents").asBoolean(lowercase));
      long[] types = new long[tokens.length];
      for (int id = 0; id < tokens.length; id++) {
        types[id] = control.contains(id) ? CONTROL : NORMAL;
        tokens[id] = control.contains(id) ? tokens[id] : stored(tokens[id]);
      }
      values.put("tokenizer.ggml.tokens", Arrays.asList(tokens));
      values.put("tokenizer.ggml.token_type", types);
      int longest = root.at("/truncation/max_length").asInt(0);
      return new TokenizerJson(
          new FixedMetadata(values), longest > 0 ? OptionalInt.of(longest) : OptionalInt.empty());
    }

    /** A token in GGUF's form: the beginning of a word is marked, not its continuation. */
    private static String stored(String token) {
      return token.startsWith(CONTINUES) ? token.substring(CONTINUES.length()) : WORD_START + token;
    }

    private void ids(JsonNode model, String[] tokens, Map<String, Object> values) {
      Map<String, Long> byText = new LinkedHashMap<>();
      for (int id = 0; id < tokens.length; id++) {
        byText.put(tokens[id], (long) id);
      }
      put(values, "unknown", byText.get(model.path("unk_token").asText("[UNK]")));
      put(values, "bos", byText.get("[CLS]"));
      put(values, "cls", byText.get("[CLS]"));
      put(values, "seperator", byText.get("[SEP]"));
      put(values, "padding", byText.get("[PAD]"));
      put(values, "mask", byText.get("[MASK]"));
      if (!byText.containsKey("[CLS]") || !byText.containsKey("[SEP]")) {
        throw bad(path, "has no [CLS] or no [SEP]: texts cannot be framed", null);
      }
    }

    private static void put(Map<String, Object> values, String role, Long id) {
      if (id != null) {
        values.put("tokenizer.ggml." + role + "_token_id", id);
      }
    }

    private String[] tokens(JsonNode vocabulary) {
      int count = vocabulary.size();
      if (!vocabulary.isObject() || count == 0 || count > MAX_TOKENS) {
        throw bad(path, "has a vocabulary of " + count + " tokens", null);
      }
      String[] tokens = new String[count];
      vocabulary
          .properties()
          .forEach(entry -> {
            int id = entry.getValue().asInt(-1);
            if (id < 0 || id >= count || tokens[id] != null) {
              throw bad(
                  path,
                  "gives '%s' the id %s; ids must be 0 to %d, each once"
                      .formatted(entry.getKey(), entry.getValue(), count - 1),
                  null);
            }
            tokens[id] = entry.getKey();
          });
      return tokens;
    }
  }
}
