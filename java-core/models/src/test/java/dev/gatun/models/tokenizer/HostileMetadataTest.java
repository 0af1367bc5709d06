package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata that contradict themselves are refused with a message that names the key. */
class HostileMetadataTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.merges"})
  void missingKeys(String key) {
    assertRefused(MapMetadata.bytePair().without(key), key + " is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwkv", "plamo2", "hybriddna", "none", "no_vocab", "test"})
  void refusedModels(String model) {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.model", model),
        "'" + model + "' is not supported; supported are: gpt2, gemma4");
  }

  @Test
  void unknownModel() {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.model", "gpt99"),
        "unknown tokenizer model 'gpt99'");
  }

  @Test
  void unknownPreTokenizer() {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.pre", "nobody"), "'nobody'", "llama-bpe");
  }

  @Test
  void valuesOfAnotherKind() {
    MapMetadata metadata = MapMetadata.bytePair().with("tokenizer.ggml.tokens", 7L);
    assertThrows(IllegalArgumentException.class, () -> Tokenizers.from(metadata));
  }

  @Test
  void noTokens() {
    assertRefused(MapMetadata.bytePair().with("tokenizer.ggml.tokens", List.of()), "has 0 tokens");
  }

  @Test
  void sameTextTwice() {
    List<String> tokens = new ArrayList<>(tokens(MapMetadata.bytePair()));
    tokens.set(259, "ab");
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.tokens", tokens),
        "tokens 256 and 259 have the same text");
  }

  @Test
  void hugeToken() {
    List<String> tokens = new ArrayList<>(tokens(MapMetadata.bytePair()));
    tokens.set(259, "x".repeat(100_000));
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.tokens", tokens), "a token of 100000 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", " a", "a ", " "})
  void malformedMerges(String merge) {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.merges", List.of("a b", merge)),
        "tokenizer.ggml.merges: entry 1");
  }

  @Test
  void mergesOfUnknownTokens() {
    MapMetadata metadata = MapMetadata.bytePair();
    assertRefused(
        metadata.with("tokenizer.ggml.merges", List.of("xy b")),
        "the left part of entry 0, 'xy b'");
    assertRefused(
        metadata.with("tokenizer.ggml.merges", List.of("a b", "a b c")),
        "the right part of entry 1, 'a b c'");
    assertRefused(
        metadata.with("tokenizer.ggml.merges", List.of("b a")), "the result of entry 0, 'b a'");
  }

  @Test
  void arraysThatAreTooShort() {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.token_type", new long[259]),
        "tokenizer.ggml.token_type has 259 entries for 260 tokens");
    assertRefused(
        MapMetadata.sentencePiece().with("tokenizer.ggml.scores", new float[2]),
        "tokenizer.ggml.scores has 2 entries");
  }

  @Test
  void scoresThatAreNoNumbers() {
    float[] scores = new float[265];
    scores[17] = Float.NaN;
    assertRefused(
        MapMetadata.sentencePiece().with("tokenizer.ggml.scores", scores), "score of token 17");
  }

  @ParameterizedTest
  @ValueSource(longs = {260, -2, Long.MAX_VALUE, 0xFFFFFFFEL, 1L << 32})
  void idsOutsideTheVocabulary(long id) {
    assertRefused(
        MapMetadata.bytePair().with("tokenizer.ggml.eos_token_id", id),
        "tokenizer.ggml.eos_token_id is " + id);
  }

  @Test
  void noneIsNoId() {
    Tokenizer tokenizer =
        Tokenizers.from(
            MapMetadata.bytePair()
                .with("tokenizer.ggml.padding_token_id", 0xFFFFFFFFL)
                .with("tokenizer.ggml.mask_token_id", -1L));
    assertTrue(tokenizer.special().pad().isEmpty());
    assertTrue(tokenizer.special().mask().isEmpty());
  }

  @Test
  void defaultsOutsideTheVocabularyAreNone() {
    MapMetadata metadata =
        new MapMetadata()
            .with("tokenizer.ggml.model", "bert")
            .with("tokenizer.ggml.tokens", List.of("[PAD]", "\u2581a"));
    Tokenizer tokenizer = Tokenizers.from(metadata);
    assertTrue(tokenizer.special().bos().isEmpty());
    assertArrayEquals(new int[] {1}, tokenizer.encode("a", false, false));
    assertMessage(() -> tokenizer.encode("a", true, false), "bos_token_id is missing");
    assertMessage(() -> tokenizer.encode("b", false, false), "no unknown token");
  }

  @Test
  void unigramNeedsAnUnknownToken() {
    MapMetadata metadata =
        new MapMetadata()
            .with("tokenizer.ggml.model", "t5")
            .with("tokenizer.ggml.tokens", List.of("a", "b"));
    assertRefused(metadata, "tokenizer.ggml.unknown_token_id is missing");
  }

  @Test
  void characterMapsThatLie() {
    MapMetadata metadata =
        new MapMetadata()
            .with("tokenizer.ggml.model", "t5")
            .with("tokenizer.ggml.tokens", List.of("a", "b", "<unk>"));
    String key = "tokenizer.ggml.precompiled_charsmap";
    assertRefused(metadata.with(key, new long[3]), key + " has less than 4 bytes");
    assertRefused(
        metadata.with(key, new long[] {255, 255, 255, 255, 0, 0}), "trie has 4294967295 bytes");
    Random random = new Random(9);
    int refused = 0;
    for (int round = 0; round < 2000 * EFFORT; round++) {
      long[] map = new long[4 + 64 + 8];
      map[0] = 64;
      for (int i = 4; i < map.length; i++) {
        map[i] = random.nextInt(256);
      }
      // The root leads to the node of 'a', which is genuine as far as it goes.
      map[4] = 0;
      map[5] = 0x1C << 2 & 0xFF;
      map[6] = 0;
      map[7] = 0;
      Tokenizer tokenizer = Tokenizers.from(metadata.with(key, map));
      try {
        tokenizer.encode("abc", false, false);
      } catch (TokenizerException e) {
        assertTrue(e.getMessage().startsWith(key), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  /** A vocabulary of bytes only must work, and one that lacks bytes must not fail. */
  @Test
  void fewTokens() {
    MapMetadata bytesOnly = MapMetadata.bytePair().with("tokenizer.ggml.merges", List.of());
    assertEquals(3, Tokenizers.from(bytesOnly).encode("abc", false, false).length);
    MapMetadata two =
        new MapMetadata()
            .with("tokenizer.ggml.model", "gpt2")
            .with("tokenizer.ggml.tokens", List.of("a", ""))
            .with("tokenizer.ggml.merges", List.of());
    Tokenizer tokenizer = Tokenizers.from(two);
    assertArrayEquals(new int[] {0, 0}, tokenizer.encode("a\u00e9 a", false, false));
    assertEquals("[EMPTY_1]", tokenizer.vocabulary().token(1));
  }

  /** Flipped, shortened and swapped entries: refused with our exception, or usable. */
  @Test
  void randomDamage() {
    Random random = new Random(77);
    int refused = 0;
    for (int round = 0; round < 2000 * EFFORT; round++) {
      MapMetadata metadata = round % 2 == 0 ? MapMetadata.bytePair() : MapMetadata.sentencePiece();
      damage(metadata, random);
      try {
        Tokenizer tokenizer = Tokenizers.from(metadata);
        int[] tokens = tokenizer.encode("abc abcab \u00e9<s>\n", true, true);
        assertTrue(tokenizer.decode(tokens, true) != null);
      } catch (TokenizerException e) {
        assertTrue(e.getMessage().length() > 10);
        refused++;
      }
    }
    assertTrue(refused > 100 * EFFORT && refused < 1900 * EFFORT, "refused " + refused);
  }

  private static void damage(MapMetadata metadata, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> {
        List<String> tokens = new ArrayList<>(tokens(metadata));
        tokens.set(random.nextInt(tokens.size()), "\u2581".repeat(random.nextInt(4)));
        metadata.with("tokenizer.ggml.tokens", tokens);
      }
      case 1 ->
          metadata.with("tokenizer.ggml.tokens", tokens(metadata).subList(0, random.nextInt(260)));
      case 2 -> {
        long[] types = new long[300];
        for (int i = 0; i < types.length; i++) {
          types[i] = random.nextInt(9) - 1L;
        }
        metadata.with("tokenizer.ggml.token_type", types);
      }
      case 3 ->
          metadata.with(
              "tokenizer.ggml.merges", List.of("a b", random.nextBoolean() ? "ab c" : "c ab"));
      case 4 -> {
        SpecialTokens.Role[] roles = SpecialTokens.Role.values();
        String key = roles[random.nextInt(roles.length)].key;
        metadata.with("tokenizer.ggml." + key, (long) random.nextInt(300) - 2);
      }
      default -> {
        float[] scores = new float[270];
        for (int i = 0; i < scores.length; i++) {
          scores[i] =
              Float.intBitsToFloat((random.nextInt() & 0x7F7FFFFF) | random.nextInt() << 31);
        }
        metadata.with("tokenizer.ggml.scores", scores);
      }
    }
  }

  private static List<String> tokens(MapMetadata metadata) {
    return metadata.strings("tokenizer.ggml.tokens").orElseThrow();
  }

  private static void assertRefused(MapMetadata metadata, String... parts) {
    assertMessage(() -> Tokenizers.from(metadata), parts);
  }

  private static void assertMessage(Executable action, String... parts) {
    TokenizerException e = assertThrows(TokenizerException.class, action);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }
}
