package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamingDecoderTest {
  private final Tokenizer tokenizer = Tokenizers.from(MapMetadata.bytePair());

  @Test
  void holdsBackHalfCodePoints() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    assertEquals("a", decoder.accept('a'));
    assertEquals("", decoder.accept(0xF0));
    assertEquals("", decoder.accept(0x9F));
    assertEquals("", decoder.accept(0x98));
    assertEquals("\uD83D\uDE00", decoder.accept(0x80));
    assertEquals("", decoder.accept(0xE2));
    assertEquals("\uFFFDx", decoder.accept('x'));
    assertEquals("", decoder.finish());
  }

  @Test
  void unfinishedEndIsReplaced() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    assertEquals("", decoder.accept(0xE2));
    assertEquals("", decoder.accept(0x82));
    assertEquals("\uFFFD", decoder.finish());
    assertEquals("b", decoder.accept('b'));
  }

  /** As decoding whole texts does; only where encoding adds the space, and only at the start. */
  @Test
  void answersBeginWithoutTheSpaceThatEncodingAdds() {
    for (String name : List.of("llama-spm", "smollm2")) {
      Tokenizer real = Vocabularies.tokenizer(name);
      int[] tokens = real.encode(" Hello there", false, false);
      int[] own = real.encode("Hello there", false, false);
      assertEquals(
          name.equals("smollm2") ? " Hello there" : real.decode(tokens),
          text(real.answerDecoder(false), tokens));
      assertEquals("Hello there", text(real.answerDecoder(false), own));
      assertEquals(
          name.equals("smollm2") ? "Hello there" : " Hello there",
          text(real.streamingDecoder(false), own));
    }
  }

  private static String text(StreamingDecoder decoder, int[] tokens) {
    var text = new StringBuilder();
    for (int token : tokens) {
      text.append(decoder.accept(token));
    }
    return text.append(decoder.finish()).toString();
  }

  @Test
  void specialTokensAreShownOnRequest() {
    assertEquals("", tokenizer.streamingDecoder(false).accept(259));
    assertEquals("<|im_end|>", tokenizer.streamingDecoder(true).accept(259));
  }

  /**
   * In whatever pieces bytes come, the text is that of all of them, and never ends in a half pair.
   */
  @Test
  void sumOfPartsIsTheWhole() {
    Random random = new Random(5);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      if (round % 2 == 0) {
        random.nextBytes(bytes);
      } else {
        bytes = "aé€\uD83D\uDE00中".repeat(3).getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      StreamingDecoder decoder = tokenizer.streamingDecoder(false);
      StringBuilder text = new StringBuilder();
      for (byte b : bytes) {
        String part = decoder.accept(b & 0xFF);
        assertFalse(!part.isEmpty() && Character.isHighSurrogate(part.charAt(part.length() - 1)));
        text.append(part);
      }
      text.append(decoder.finish());
      assertEquals(Utf8.decode(bytes, 0, bytes.length), text.toString());
    }
  }
}
