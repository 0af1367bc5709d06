package dev.gatun.pipelines.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharacterDecoderTest {
  @TempDir private Path folder;

  @Test
  void repeatedClassesAreOneCharacterUnlessSeparated() throws IOException {
    Path file = Files.writeString(folder.resolve("keys.txt"), "a\n\u65e5\nc\n");
    CharacterDecoder decoder = CharacterDecoder.read(file);
    assertEquals(5, decoder.classes());
    // Separator, a, a, separator, a, blank, 日
    int[] classes = {0, 1, 1, 0, 1, 4, 2};
    float[] values = new float[classes.length * 5];
    for (int i = 0; i < classes.length; i++) {
      values[i * 5 + classes[i]] = i == 1 ? 0.6f : 0.8f;
    }
    CharacterDecoder.Decoded decoded = decoder.decode(Tensor.ofFloats(Shape.of(1, 7, 5), values));
    assertEquals("aa \u65e5", decoded.text());
    assertEquals((0.6 + 3 * 0.8) / 4, decoded.score(), 1e-6);
    assertEquals(0, decoder.decode(Tensor.ofFloats(Shape.of(1, 1, 5), new float[5])).score());
    assertThrows(GatunException.class, () -> CharacterDecoder.read(folder.resolve("none.txt")));
  }
}
