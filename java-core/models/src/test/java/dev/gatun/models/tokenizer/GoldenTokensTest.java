package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens, roles and pieces as llama.cpp has them. */
class GoldenTokensTest {
  static List<String> inResources() {
    return Vocabularies.IN_RESOURCES;
  }

  static List<String> shared() {
    return Vocabularies.SHARED;
  }

  @ParameterizedTest
  @MethodSource("inResources")
  void encodesLikeLlamaCpp(String name) {
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    JsonNode golden = Vocabularies.golden(name);
    String[] texts = Vocabularies.texts("texts.json");
    String[] unicode = Vocabularies.texts("unicode-texts.json");
    assertTokens(texts, golden.get("texts"), tokenizer, false);
    assertTokens(unicode, golden.get("unicode"), tokenizer, false);
    assertTokens(unicode, golden.get("unicodeSpecial"), tokenizer, true);
  }

  @ParameterizedTest
  @MethodSource("inResources")
  void knowsRolesLikeLlamaCpp(String name) {
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    JsonNode golden = Vocabularies.golden(name);
    SpecialTokens special = tokenizer.special();
    assertRole(golden.get("bos"), special.bos());
    assertRole(golden.get("eos"), special.eos());
    assertRole(golden.get("sep"), special.sep());
    assertRole(golden.get("pad"), special.pad());
    assertRole(golden.get("mask"), special.mask());
    assertRole(golden.get("fim").get(0), special.fimPrefix());
    assertRole(golden.get("fim").get(1), special.fimSuffix());
    assertRole(golden.get("fim").get(2), special.fimMiddle());
    assertRole(golden.get("fim").get(3), special.fimPad());
    assertRole(golden.get("fim").get(4), special.fimRepository());
    assertRole(golden.get("fim").get(5), special.fimSeparator());
    int[] ending = Vocabularies.as(golden.get("endOfGeneration"), int[].class);
    assertArrayEquals(ending, special.endOfGeneration());
    for (int id = 0; id < Math.min(1000, tokenizer.vocabulary().size()); id++) {
      int token = id;
      boolean ends = Arrays.stream(ending).anyMatch(e -> e == token);
      assertEquals(ends, special.isEndOfGeneration(id));
    }
    if (name.equals("smollm2")) {
      // Of <|endoftext|> and <|im_end|> llama.cpp takes what its hash table has first; ours is the
      // one that ends a turn.
      assertEquals(2, special.eot().orElseThrow());
    } else {
      assertRole(golden.get("eot"), special.eot());
    }
    boolean bert = name.startsWith("bert");
    assertEquals(golden.get("addBos").asInt() == 1, tokenizer.addsBos());
    assertEquals(bert || golden.get("addEos").asInt() == 1, tokenizer.addsEos());
    assertEquals(golden.get("addSep").asInt() == 1, tokenizer.addsSep());
  }

  /** One hash over the bytes and types of all tokens. */
  @ParameterizedTest
  @MethodSource("inResources")
  void hasPiecesLikeLlamaCpp(String name) {
    if (name.equals("whitespace")) {
      // llama.cpp reads its tokens as GPT-2's stand-ins for bytes, which they are not.
      assertPiecesAreTexts(Vocabularies.tokenizer(name));
      return;
    }
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    long hash = 0xcbf29ce484222325L;
    for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
      byte[] piece = tokenizer.pieceBytes(id);
      for (int shift = 0; shift < 32; shift += 8) {
        hash = mix(hash, piece.length >> shift);
      }
      for (byte b : piece) {
        hash = mix(hash, b);
      }
      hash = mix(hash, attributes(tokenizer, id));
    }
    assertEquals(Vocabularies.golden(name).get("pieces").asText(), "%016x".formatted(hash));
  }

  @ParameterizedTest
  @MethodSource("shared")
  void encodesSharedGoldens(String name) {
    Path folder = Vocabularies.shared("tokenizers");
    Tokenizer tokenizer = Tokenizers.from(Vocabularies.metadata(folder.resolve(name + ".gguf")));
    String[] texts =
        Vocabularies.as(Vocabularies.json(folder.resolve("texts.json")), String[].class);
    assertEquals(500, texts.length);
    assertTokens(texts, Vocabularies.json(folder.resolve(name + ".tokens.json")), tokenizer, false);
    if (!name.startsWith("bert")) {
      for (String text : texts) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text, false, false)));
      }
    }
  }

  /** The tokenizers of the models with random weights. */
  @Test
  void encodesArchitectureHeaders() throws Exception {
    Path folder = Vocabularies.shared("archs");
    List<Path> headers = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(f -> f.toString().endsWith(".json")).forEach(headers::add);
    }
    assertTrue(headers.size() >= 25);
    for (Path header : headers) {
      JsonNode golden = Vocabularies.json(header).get("tokenizer");
      Path model = folder.resolve(header.getFileName().toString().replace(".json", ".gguf"));
      Tokenizer tokenizer = Tokenizers.from(Vocabularies.metadata(model));
      String[] texts = Vocabularies.as(golden.get("texts"), String[].class);
      assertTokens(texts, golden.get("ids"), tokenizer, false);
    }
  }

  private static void assertTokens(
      String[] texts, JsonNode golden, Tokenizer tokenizer, boolean special) {
    int[][] expected = Vocabularies.as(golden, int[][].class);
    assertEquals(expected.length, texts.length);
    for (int i = 0; i < texts.length; i++) {
      int text = i;
      assertArrayEquals(
          expected[i],
          tokenizer.encode(texts[i], special, special),
          () -> "text " + text + ": " + texts[text]);
    }
  }

  private static void assertRole(JsonNode golden, OptionalInt id) {
    assertEquals(golden.asInt(), id.orElse(-1));
  }

  private static void assertPiecesAreTexts(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.type(id) == TokenType.NORMAL) {
        assertEquals(
            vocabulary.token(id).replace('\u2581', ' '),
            new String(tokenizer.pieceBytes(id), StandardCharsets.UTF_8));
      }
    }
  }

  private static int attributes(Tokenizer tokenizer, int id) {
    int bits = 0;
    for (int bit = 1; bit < 64; bit <<= 1) {
      bits |= tokenizer.vocabulary().has(id, bit) ? bit : 0;
    }
    return bits;
  }

  private static long mix(long hash, int b) {
    return (hash ^ (b & 0xFF)) * 0x100000001b3L;
  }
}
