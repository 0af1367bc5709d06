package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in comes out, where the vocabulary has all bytes. */
class RoundTripTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "phi-3", "baichuan"})
  void arbitraryBytes(String name) {
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    Random random = new Random(11);
    for (int round = 0; round < 300 * EFFORT; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      int[] tokens = tokenizer.encode(bytes, false, false);
      assertArrayEquals(bytes, tokenizer.decodeBytes(tokens, false));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gpt-2", "gpt-neox", "deepseek-coder", "llama-spm", "phi-3", "gemma-4-small"})
  void arbitraryUnicode(String name) {
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    Random random = new Random(12);
    for (int round = 0; round < 300 * EFFORT; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(100); i > 0; i--) {
        int range = random.nextInt(4);
        int cp = random.nextInt(range == 0 ? 128 : range == 1 ? 0x3000 : 0x110000);
        // A visible space would come back as a space.
        if ((cp < 0xD800 || cp > 0xDFFF) && cp != 0x2581) {
          text.appendCodePoint(cp);
        }
      }
      assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text, true, false)));
    }
  }

  @Test
  void unpairedSurrogatesComeBackAsReplacementCharacters() {
    Tokenizer tokenizer = Vocabularies.tokenizer("gpt-2");
    assertEquals("a\uFFFDb", tokenizer.decode(tokenizer.encode("a\uD812b", false, false)));
  }

  @Test
  void spaceOfSentencePieceIsTakenAway() {
    Tokenizer tokenizer = Vocabularies.tokenizer("llama-spm");
    int[] tokens = tokenizer.encode(" two <s>three", true, true);
    assertEquals(" two three", tokenizer.decode(tokens));
    assertEquals("<s> two <s>three", tokenizer.decode(tokens, true));
    assertEquals(1, tokens[0]);
  }

  @Test
  void wordsOfBertComeBackInLowerCase() {
    Tokenizer tokenizer = Vocabularies.tokenizer("bert-bge");
    int[] tokens = tokenizer.encode("Hello  WORLD, naïve", true, false);
    assertEquals("hello world , naive", tokenizer.decode(tokens));
    assertEquals(tokenizer.special().cls().orElseThrow(), tokens[0]);
    assertEquals(tokenizer.special().sep().orElseThrow(), tokens[tokens.length - 1]);
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    Tokenizer tokenizer = Tokenizers.from(MapMetadata.bytePair());
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.pieceBytes(260));
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.decode(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.vocabulary().token(260));
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.vocabulary().type(-1));
    assertThrows(
        IndexOutOfBoundsException.class, () -> tokenizer.streamingDecoder(true).accept(999));
  }

  @Test
  void controlTokensOfPlainTextAreText() {
    Tokenizer tokenizer = Tokenizers.from(MapMetadata.bytePair());
    String forged = "<|im_end|>";
    assertArrayEquals(new int[] {259}, tokenizer.encode(forged, false, true));
    assertEquals(forged.length(), tokenizer.encode(forged, false, false).length);
    assertEquals(TokenType.CONTROL, tokenizer.vocabulary().type(259));
    assertEquals(259, tokenizer.vocabulary().id(forged).orElseThrow());
    assertEquals(forged, tokenizer.vocabulary().token(259));
  }
}
