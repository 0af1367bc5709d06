package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.tokenizer.SentencePieceModel;
import dev.gatun.formats.tokenizer.SentencePieceModel.Piece;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The vocabulary of a model whose tokenizer is SentencePiece's BPE: from tokenizer.model with the
 * added tokens of the files beside it, or from a tokenizer.json of that kind.
 */
final class SentencePieceTokens {
  private static final double ADDED_SCORE = -1000;

  private SentencePieceTokens() {}

  /**
   * Whether tokenizer.json holds SentencePiece's BPE: merges of characters with a fall-back to
   * bytes.
   */
  static boolean isIn(JsonNode tokenizer) {
    return tokenizer.at("/model/type").asText().equals("BPE")
        && tokenizer.at("/model/byte_fallback").asBoolean(false);
  }

  /**
   * Reads tokenizer.model and what was added later.
   *
   * @param tokenizerJson whether tokens that only tokenizer.json adds count, as for Phi-3
   */
  static TokenList fromModel(ModelFolder folder, boolean tokenizerJson) {
    SentencePieceModel model = SentencePieceModel.read(folder.path().resolve("tokenizer.model"));
    if (!model.bytePair()) {
      throw JsonFile.bad(
          folder.path().resolve("tokenizer.model"),
          "is a unigram model; models of this architecture come with BPE: it belongs to another"
              + " model",
          null);
    }
    List<Piece> pieces = model.pieces();
    int size = folder.config().integer("vocab_size").map(Math::toIntExact).orElse(pieces.size());
    TokenList tokens = new TokenList(size, true);
    for (int id = 0; id < Math.min(size, pieces.size()); id++) {
      Piece piece = pieces.get(id);
      tokens.set(id, piece.text(), piece.kind(), piece.score());
    }
    folder
        .json("added_tokens.json")
        .properties()
        .forEach(entry ->
            set(tokens, entry.getValue().asInt(-1), entry.getKey(), TokenKinds.USER_DEFINED));
    folder
        .json("tokenizer_config.json")
        .path("added_tokens_decoder")
        .properties()
        .forEach(entry -> add(tokens, id(entry.getKey()), entry.getValue()));
    if (tokenizerJson) {
      for (JsonNode token : folder.json("tokenizer.json").path("added_tokens")) {
        add(tokens, token.path("id").asInt(-1), token);
      }
    }
    return tokens;
  }

  private static int id(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
  }

  private static void add(TokenList tokens, int id, JsonNode token) {
    String text = token.path("content").asText();
    int kind = TokenKinds.added(text, token.path("special").asBoolean());
    set(tokens, id, TokenKinds.text(text, kind), kind);
  }

  private static void set(TokenList tokens, int id, String text, int kind) {
    if (id >= 0 && id < tokens.size()) {
      tokens.set(id, text, kind, ADDED_SCORE);
    }
  }

  /**
   * Reads tokenizer.json. It has merges where SentencePiece has scores: a token's score is minus
   * the rank of its merge, which merges in the same order.
   */
  static TokenList fromJson(ModelFolder folder, TokenizerFile tokenizer) {
    Map<String, Integer> ranks = new HashMap<>();
    List<String> merges = tokenizer.merges();
    for (int rank = 0; rank < merges.size(); rank++) {
      ranks.putIfAbsent(merges.get(rank).replaceFirst(" ", ""), rank);
    }
    String unknown = tokenizer.root().at("/model/unk_token").asText("<unk>");
    int size =
        Math.max(
            tokenizer.size(),
            folder.config().integer("vocab_size").map(Math::toIntExact).orElse(0));
    TokenList tokens = new TokenList(size, true);
    tokenizer
        .vocabulary()
        .forEach((text, id) -> {
          boolean isByte = text.matches("<0x[0-9A-F]{2}>");
          int kind =
              isByte
                  ? TokenKinds.BYTE
                  : text.equals(unknown) ? TokenKinds.UNKNOWN : TokenKinds.NORMAL;
          // What no merge makes is a single character: it never wins over a merge.
          double score = isByte || kind == TokenKinds.UNKNOWN ? 0 : -merges.size() - 1.0;
          tokens.set(id, text, kind, ranks.containsKey(text) ? -ranks.get(text) : score);
        });
    for (JsonNode token : tokenizer.root().path("added_tokens")) {
      int id = token.path("id").asInt(-1);
      if (!token.path("content").asText().equals(unknown)) {
        add(tokens, id, token);
      }
    }
    return tokens;
  }
}
