package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.Vocabulary.CONTROL;
import static dev.gatun.models.tokenizer.Vocabulary.LEFT_STRIP;
import static dev.gatun.models.tokenizer.Vocabulary.RIGHT_STRIP;
import static dev.gatun.models.tokenizer.Vocabulary.UNKNOWN;
import static dev.gatun.models.tokenizer.Vocabulary.USER_DEFINED;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.Utf8Strings;
import dev.gatun.models.tokenizer.SpecialTokens.Role;
import dev.gatun.models.tokenizer.UnigramEncoder.Normalization;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes tokenizers from a model's metadata. */
public final class Tokenizers {
  /** Values of {@code tokenizer.ggml.model} that are understood. */
  private static final List<String> MODELS =
      List.of("gpt2", "gemma4", "whitespace", "llama", "bert", "t5");

  /** Values that we know of and have no tokenizer for. */
  private static final List<String> REFUSED =
      List.of("rwkv", "plamo2", "hybriddna", "test", "none", "no_vocab");

  private Tokenizers() {}

  /**
   * The tokenizer that the keys {@code tokenizer.ggml.*} describe. Nothing of the metadata is kept
   * but the texts of the tokens.
   *
   * @throws TokenizerException when keys are missing, contradict each other or name what is not
   *     there, or when the kind of tokenizer is unknown; the message lists the known ones
   * @throws IllegalArgumentException when a key has a value of another kind
   */
  public static Tokenizer from(Metadata metadata) {
    TokenizerMetadata source = new TokenizerMetadata(metadata);
    String model = source.string("tokenizer.ggml.model");
    return switch (model) {
      case "gpt2", "gemma4", "whitespace" -> bytePair(source, model);
      case "llama" -> sentencePiece(source);
      case "bert" -> wordPiece(source);
      case "t5" -> unigram(source);
      default ->
          throw new TokenizerException(
              REFUSED.contains(model)
                  ? "tokenizer model '%s' is not supported; supported are: %s"
                      .formatted(model, String.join(", ", MODELS))
                  : "unknown tokenizer model '%s' (tokenizer.ggml.model); known are: %s"
                      .formatted(model, String.join(", ", MODELS)));
    };
  }

  private static Tokenizer bytePair(TokenizerMetadata source, String model) {
    boolean gemma = model.equals("gemma4");
    String pre = gemma ? "gemma4" : source.string("tokenizer.ggml.pre", "");
    if (pre.isEmpty()) {
      System.getLogger(Tokenizers.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "tokenizer.ggml.pre is missing: text is split by llama.cpp's default rules, which may"
                  + " not be those that the model was trained with");
      pre = "default";
    }
    PreTokenization habits = PreTokenization.of(pre);
    Parts parts = new Parts(source);
    if (gemma) {
      parts.detect(Map.of());
    } else {
      parts.detect(habits.noBos() ? Map.of(Role.EOS, 11) : Map.of(Role.BOS, 11, Role.EOS, 11));
    }
    // A vocabulary that holds every piece does without merges.
    String key = "tokenizer.ggml.merges";
    boolean none = pre.equals("kimi-k2") && !source.has(key);
    Utf8Strings merges = none ? Utf8Strings.of(List.of()) : source.strings(key);
    BpeEncoder words = new BpeEncoder(parts.table, new MergeTable(merges, parts.table), habits);
    Encoder encoder =
        model.equals("whitespace")
            ? new UnspacedEncoder(
                words,
                source.bool("tokenizer.ggml.normalizer.lowercase", !pre.equals("whitespace")))
            : words;
    Flags flags =
        new Flags(
            source.bool("tokenizer.ggml.add_bos_token", habits.addBos()) || habits.isGemma(),
            source.bool("tokenizer.ggml.add_eos_token", false),
            source.bool("tokenizer.ggml.add_sep_token", habits.addSep()),
            false);
    return parts.tokenizer(
        encoder, flags, habits.byteLevel() ? Pieces.BYTE_LEVEL : Pieces.VISIBLE_SPACES);
  }

  private static Tokenizer sentencePiece(TokenizerMetadata source) {
    Parts parts = new Parts(source);
    parts.detect(Map.of(Role.UNK, 0, Role.BOS, 1, Role.EOS, 2));
    Flags flags =
        new Flags(
            source.bool("tokenizer.ggml.add_bos_token", true),
            source.bool("tokenizer.ggml.add_eos_token", false),
            source.bool("tokenizer.ggml.add_sep_token", false),
            source.bool("tokenizer.ggml.add_space_prefix", true));
    Encoder encoder =
        new SentencePieceEncoder(
            parts.vocabulary, flags.addSpacePrefix(), parts.special.id(Role.UNK));
    return parts.tokenizer(encoder, flags, Pieces.VISIBLE_SPACES);
  }

  private static Tokenizer wordPiece(TokenizerMetadata source) {
    Parts parts = new Parts(source);
    int begin = source.tokenId("tokenizer.ggml.bos_token_id", parts.table.size());
    parts.detect(
        Map.of(
            Role.PAD,
            0,
            Role.UNK,
            100,
            Role.BOS,
            101,
            Role.CLS,
            begin < 0 ? 101 : begin,
            Role.SEP,
            102,
            Role.MASK,
            103));
    boolean lowercase = source.bool("tokenizer.ggml.normalizer.lowercase", true);
    Encoder encoder =
        new WordPieceEncoder(
            parts.table,
            parts.special.id(Role.UNK),
            lowercase,
            source.bool("tokenizer.ggml.normalizer.strip_accents", lowercase));
    // BERT's frame of [CLS] and [SEP] does not depend on the flags of the file.
    Flags flags = new Flags(true, false, true, false);
    return parts.tokenizer(encoder, flags, Pieces.WORDS);
  }

  private static Tokenizer unigram(TokenizerMetadata source) {
    Parts parts = new Parts(source);
    byte[] original = parts.attributes.clone();
    parts.detect(Map.of(Role.PAD, 0, Role.EOS, 1, Role.UNK, 2));
    if (parts.special.id(Role.UNK) < 0) {
      throw new TokenizerException(
          "a unigram tokenizer needs an unknown token: tokenizer.ggml.unknown_token_id is missing");
    }
    Flags flags =
        new Flags(
            source.bool("tokenizer.ggml.add_bos_token", false),
            source.bool("tokenizer.ggml.add_eos_token", true),
            source.bool("tokenizer.ggml.add_sep_token", false),
            source.bool("tokenizer.ggml.add_space_prefix", false));
    byte[] map = source.bytes("tokenizer.ggml.precompiled_charsmap");
    Normalization normalization =
        new Normalization(
            map.length == 0 ? null : new CharacterMap(map),
            flags.addSpacePrefix(),
            source.bool("tokenizer.ggml.remove_extra_whitespaces", false));
    Encoder encoder =
        new UnigramEncoder(parts.vocabulary, original, normalization, parts.special.id(Role.UNK));
    return parts.tokenizer(encoder, flags, Pieces.VISIBLE_SPACES);
  }

  /** What is added around text. */
  record Flags(boolean addBos, boolean addEos, boolean addSep, boolean addSpacePrefix) {}

  /** How the text of a token becomes bytes. */
  enum Pieces {
    BYTE_LEVEL,
    VISIBLE_SPACES,
    /** Like visible spaces, and every word brings one. */
    WORDS
  }

  /** What all kinds of tokenizers have. */
  private static final class Parts {
    final TokenizerMetadata source;
    final TokenTable table;
    final byte[] attributes;
    final Vocabulary vocabulary;
    SpecialTokens special;

    Parts(TokenizerMetadata source) {
      this.source = source;
      table = new TokenTable(source.strings("tokenizer.ggml.tokens"));
      attributes = source.attributes(table.size());
      vocabulary = new Vocabulary(table, attributes, source.scores(table.size()));
    }

    /** Settles roles and attributes; the vocabulary does not change any more. */
    void detect(Map<Role, Integer> defaults) {
      special = SpecialTokenDetector.detect(source, table, attributes, defaults);
      stripAroundSpecial();
    }

    Tokenizer tokenizer(Encoder encoder, Flags flags, Pieces pieces) {
      return new Tokenizer(vocabulary, special, encoder, flags, pieces);
    }

    /** Which tokens take neighbouring white space along is not in the files; llama.cpp knows. */
    private void stripAroundSpecial() {
      String pre = source.string("tokenizer.ggml.pre", "");
      String name = source.string("general.name", "").toLowerCase(Locale.ROOT);
      String architecture = source.string("general.architecture", "");
      if (containsAny(pre, "jina-v2-de", "jina-v2-es", "jina-v2-code")
          || containsAny(architecture, "nomic-bert-moe", "jina-bert-v3")) {
        set("<mask>", LEFT_STRIP, true);
      } else if (containsAny(name, "phi-3", "phi3")) {
        for (int id = 0; id < attributes.length; id++) {
          if ((attributes[id] & (CONTROL | USER_DEFINED | UNKNOWN)) != 0) {
            attributes[id] = (byte) (attributes[id] | RIGHT_STRIP);
          }
        }
        set("</s>", RIGHT_STRIP, true);
        set("<unk>", RIGHT_STRIP, false);
        set("<s>", RIGHT_STRIP, false);
        set("<|endoftext|>", RIGHT_STRIP, false);
      } else if (name.contains("modern-bert")) {
        set("[MASK]", LEFT_STRIP, true);
      }
    }

    private void set(String token, int attribute, boolean value) {
      int id = table.find(token);
      if (id >= 0) {
        int bits = attributes[id];
        attributes[id] = (byte) (value ? bits | attribute : bits & ~attribute);
      }
    }

    private static boolean containsAny(String text, String... parts) {
      for (String part : parts) {
        if (text.contains(part)) {
          return true;
        }
      }
      return false;
    }
  }
}
