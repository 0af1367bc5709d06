package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Evaluates the rules of a tokenizer.json of byte pairs as they stand there, plainly and slowly: a
 * second opinion on what was converted. Normalization is left out, so texts must be normalized.
 */
final class TokenizerRules {
  private static final Pattern GPT2 =
      regex("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
  private static final Pattern DIGIT = regex("\\p{N}");

  private final Map<String, Integer> vocabulary;
  private final Map<String, Integer> ranks = new HashMap<>();
  private final List<Pattern> splits;
  private final boolean byteLevel;
  private final boolean wholePieces;
  private final boolean spacePrefix;
  private final Map<String, Integer> added = new HashMap<>();

  private TokenizerRules(
      TokenizerFile file, List<Pattern> splits, boolean byteLevel, boolean wholePieces) {
    this.vocabulary = file.vocabulary();
    this.splits = splits;
    this.byteLevel = byteLevel;
    this.wholePieces = wholePieces;
    JsonNode metaspace = file.root().path("pre_tokenizer");
    this.spacePrefix =
        file.root().path("normalizer").toString().contains("\"Prepend\"")
            || (metaspace.path("type").asText().equals("Metaspace")
                && !metaspace.path("prepend_scheme").asText("always").equals("never"));
    file.added().forEach((id, token) -> added.put(token.path("content").asText(), id));
    List<String> merges = file.merges();
    for (int rank = 0; rank < merges.size(); rank++) {
      ranks.putIfAbsent(merges.get(rank), rank);
    }
  }

  /** The rules of a file; empty where they have a step that is not evaluated here. */
  static Optional<TokenizerRules> of(TokenizerFile file) {
    JsonNode root = file.root();
    boolean whole = root.at("/model/ignore_merges").asBoolean();
    if (SentencePieceTokens.isIn(root)) {
      return Optional.of(new TokenizerRules(file, List.of(), false, whole));
    }
    List<Pattern> splits = new ArrayList<>();
    boolean bytes = false;
    for (String step : PreTokenizers.steps(root)) {
      if (step.startsWith("split ")) {
        try {
          splits.add(regex(step.substring("split ".length())));
        } catch (PatternSyntaxException e) {
          return Optional.empty();
        }
        continue;
      }
      switch (step) {
        case PreTokenizers.DIGITS -> splits.add(DIGIT);
        case PreTokenizers.BYTES -> bytes = true;
        case PreTokenizers.BYTES_AND_WORDS -> {
          bytes = true;
          splits.add(GPT2);
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return bytes ? Optional.of(new TokenizerRules(file, splits, true, whole)) : Optional.empty();
  }

  private static Pattern regex(String text) {
    return Pattern.compile(text, Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** The ids of a text; -1 for a symbol that is no token. */
  int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < text.length(); ) {
      String token = addedAt(text, at);
      if (token.isEmpty()) {
        at++;
        continue;
      }
      encode(text.substring(from, at), from == 0, ids);
      ids.add(added.get(token));
      at += token.length();
      from = at;
    }
    encode(text.substring(from), from == 0, ids);
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The longest added token that the text has at a place. */
  private String addedAt(String text, int at) {
    String longest = "";
    for (String token : added.keySet()) {
      if (token.length() > longest.length() && text.startsWith(token, at)) {
        longest = token;
      }
    }
    return longest;
  }

  private void encode(String text, boolean first, List<Integer> ids) {
    if (text.isEmpty()) {
      return;
    }
    for (String piece : pieces(text, first)) {
      String symbols = byteLevel ? bytes(piece) : piece;
      Integer whole = wholePieces ? vocabulary.get(symbols) : null;
      if (whole == null) {
        merge(symbols, ids);
      } else {
        ids.add(whole);
      }
    }
  }

  private List<String> pieces(String text, boolean first) {
    if (!byteLevel) {
      // SentencePiece: spaces visible, no pieces.
      return List.of((spacePrefix && first ? "\u2581" : "") + text.replace(' ', '\u2581'));
    }
    List<String> pieces = List.of(text);
    for (Pattern split : splits) {
      List<String> finer = new ArrayList<>();
      for (String piece : pieces) {
        Matcher matcher = split.matcher(piece);
        int at = 0;
        while (matcher.find()) {
          if (matcher.start() > at) {
            finer.add(piece.substring(at, matcher.start()));
          }
          if (matcher.end() > matcher.start()) {
            finer.add(matcher.group());
          }
          at = matcher.end();
        }
        if (at < piece.length()) {
          finer.add(piece.substring(at));
        }
      }
      pieces = finer;
    }
    return pieces;
  }

  private void merge(String symbols, List<Integer> ids) {
    List<String> parts = new ArrayList<>();
    symbols.codePoints().forEach(point -> parts.add(Character.toString(point)));
    while (parts.size() > 1) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < parts.size(); i++) {
        int rank = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        break;
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    for (String part : parts) {
      Integer id = vocabulary.get(part);
      if (id == null && !byteLevel) {
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
          ids.add(vocabulary.getOrDefault("<0x%02X>".formatted(b & 0xff), -1));
        }
      } else {
        ids.add(id == null ? -1 : id);
      }
    }
  }

  /** GPT-2's stand-ins for bytes. */
  private static String bytes(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(ByteCharacters.of(b & 0xff));
    }
    return out.toString();
  }
}
