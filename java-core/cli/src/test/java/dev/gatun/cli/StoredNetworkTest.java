package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages about a network of the store name it, not the store's files. */
class StoredNetworkTest {

  @TempDir Path home;

  @BeforeEach
  void store() {
    Invocation pull =
        Invocation.of(home, "pull", resource("embedding/tiny/model.onnx"), "--name", "net");
    assertEquals(0, pull.exitCode(), pull.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          quantize net OUT --weights int4 --exclude .     | nothing in model.onnx was quantized
          quantize net OUT --float16 --dim none=1         | model.onnx has no dimensions [none]
          run net hello                                   | net: looks like an ONNX model
          advise net                                      | net: looks like an ONNX model
          convert net OUT.gguf                            | model.onnx is ONNX
          explain net --shape input_ids=2x2x2             | model.onnx: has an input 'input_ids'
          vad -m net WAV                                  | net is no silero-vad model
          classify-image -m net PICTURE                   | net has 2 inputs
          """)
  void isNamedAsTheUserDid(String command, String message) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.replaceAll(word ->
        switch (word) {
          case "OUT", "OUT.gguf" -> home.resolve(word).toString();
          case "PICTURE" -> resource("image/cat.png");
          case "WAV" -> resource("speech/talk.wav");
          default -> word;
        });
    Invocation run = Invocation.of(home, words.toArray(String[]::new));
    assertTrue(run.exitCode() != 0, run.out());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("views"), run.err());
  }

  private static String resource(String name) {
    return Invocation.root()
        .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines")
        .resolve(name)
        .toString();
  }
}
