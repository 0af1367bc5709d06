package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer.json of byte pairs or word pieces.
 *
 * @param vocabulary ids by text, without added tokens that the model does not have
 * @param size one more than the largest id, added tokens included
 */
record TokenizerFile(Path path, JsonNode root, Map<String, Integer> vocabulary, int size) {
  private static final int MAX_TOKENS = 1 << 22;

  static TokenizerFile read(ModelFolder folder) {
    Path path = folder.path().resolve("tokenizer.json");
    JsonNode root = JsonFile.read(path);
    if (root.isMissingNode()) {
      throw JsonFile.bad(
          folder.path(),
          "has neither tokenizer.json nor tokenizer.model; download the model's tokenizer beside it",
          null);
    }
    return of(path, root);
  }

  /** The content of a file that was read already. */
  static TokenizerFile of(Path path, JsonNode root) {
    JsonNode entries = root.at("/model/vocab");
    if (!entries.isObject() || entries.isEmpty() || entries.size() > MAX_TOKENS) {
      throw JsonFile.bad(
          path,
          "has no vocabulary that is converted: its model is of type '%s', of which BPE and WordPiece are"
              .formatted(root.at("/model/type").asText("?")),
          null);
    }
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    int size = 0;
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      int id = id(path, entry.getKey(), entry.getValue());
      vocabulary.put(entry.getKey(), id);
      size = Math.max(size, id + 1);
    }
    for (JsonNode token : root.path("added_tokens")) {
      size = Math.max(size, 1 + id(path, token.path("content").asText(), token.path("id")));
    }
    return new TokenizerFile(path, root, vocabulary, size);
  }

  private static int id(Path path, String text, JsonNode node) {
    int id = node.isInt() ? node.asInt() : -1;
    if (id < 0 || id >= MAX_TOKENS) {
      throw JsonFile.bad(path, "gives the token '%s' the id %s".formatted(text, node), null);
    }
    return id;
  }

  /** Pairs as GGUF has them, separated by one space; spaces inside a part as their stand-in. */
  List<String> merges() {
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : root.at("/model/merges")) {
      merges.add(
          merge.isTextual()
              ? merge.asText()
              : merge.path(0).asText().replace(' ', '\u0120')
                  + " "
                  + merge.path(1).asText().replace(' ', '\u0120'));
    }
    return merges;
  }

  /** Ids of the tokens that were added. */
  Map<Integer, JsonNode> added() {
    Map<Integer, JsonNode> added = new HashMap<>();
    for (JsonNode token : root.path("added_tokens")) {
      added.put(token.path("id").asInt(), token);
    }
    return added;
  }

  /** The vocabulary, with added tokens and their kinds, filled up to what config.json says. */
  TokenList tokens(HfConfig config) {
    int wanted = config.integer("vocab_size").map(Math::toIntExact).orElse(size);
    if (wanted < size) {
      throw bad("has ids up to %d; config.json says vocab_size %d".formatted(size - 1, wanted));
    }
    TokenList tokens = new TokenList(wanted, false);
    vocabulary.forEach((text, id) -> tokens.set(id, text, TokenKinds.NORMAL, 0));
    added()
        .forEach((id, token) -> {
          String text = token.path("content").asText();
          int kind = TokenKinds.added(text, token.path("special").asBoolean());
          tokens.set(id, TokenKinds.text(text, kind), kind, 0);
        });
    return tokens;
  }

  ModelFormatException bad(String what) {
    return JsonFile.bad(path, what, null);
  }
}
