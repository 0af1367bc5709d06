package dev.gatun.cli;

import static dev.gatun.cli.Invocation.tinyModel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user gets for files and words that make no sense: a message, the right exit code. */
class BadInputTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    Invocation outcome = Invocation.of(home, words);
    assertFalse(outcome.err().contains("\tat "), outcome.err());
    assertFalse(outcome.err().contains("this is a bug"), outcome.err());
    assertFalse(outcome.err().chars().anyMatch(c -> c < 32 && c != '\n' && c != '\t'));
    return outcome;
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(home.resolve(name), content);
  }

  private static byte[] model() throws IOException {
    return Files.readAllBytes(Path.of(tinyModel()));
  }

  private void refused(Path file, String... said) {
    for (List<String> words :
        List.of(
            List.of("run", file.toString(), "--raw", "-n", "1", "hello"),
            List.of("show", file.toString()),
            List.of("tokenize", file.toString(), "hello"),
            List.of("pull", file.toString()))) {
      Invocation outcome = gatun(words.toArray(String[]::new));
      assertEquals(3, outcome.exitCode(), words + ": " + outcome.err());
      assertEquals("", outcome.out());
      assertTrue(outcome.err().contains(file.getFileName().toString()), outcome.err());
      for (String text : said) {
        assertTrue(outcome.err().contains(text), outcome.err());
      }
    }
    assertEquals("", gatun("list").out(), "something was stored");
  }

  @Test
  void truncatedModels() throws IOException {
    byte[] model = model();
    for (int length : new int[] {20, 2000, model.length / 2, model.length - 1}) {
      refused(file("cut.gguf", Arrays.copyOf(model, length)), "download");
    }
  }

  @Test
  void countsThatLie() throws IOException {
    byte[] model = model();
    ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 1L << 62);
    refused(file("lie.gguf", model), "4611686018427387904");
  }

  @Test
  void filesThatAreNoModels() throws IOException {
    refused(file("empty.gguf", new byte[0]), "empty");
    refused(
        file("text.gguf", "hello\n".repeat(99).getBytes(StandardCharsets.UTF_8)), "not a model");
  }

  @Test
  void anUnknownArchitectureIsNamedWithThoseThatAreKnown() throws IOException {
    String bytes = new String(model(), StandardCharsets.ISO_8859_1);
    bytes = bytes.replaceFirst("\5\0\0\0\0\0\0\0llama", "\5\0\0\0\0\0\0\0llamx");
    Path file = file("new.gguf", bytes.getBytes(StandardCharsets.ISO_8859_1));
    Invocation outcome = gatun("run", file.toString(), "--raw", "hello");
    assertEquals(3, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("'llamx'"), outcome.err());
    assertTrue(outcome.err().contains("qwen2moe"), outcome.err());
  }

  @Test
  void flippedBitsAreAMessageOrRun() throws IOException {
    byte[] model = model();
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      byte[] flipped = model.clone();
      for (int i = 0; i < 3; i++) {
        flipped[random.nextInt(8000)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = file("flip.gguf", flipped);
      String[] words = {"run", file.toString(), "--raw", "-n", "1", "--ctx", "64", "hello"};
      int exitCode = gatun(words).exitCode();
      assertTrue(exitCode == 0 || exitCode == 3 || exitCode == 4, seed + ": " + exitCode);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-n -1|negative",
        "-n x|not an int",
        "--temperature nan|not a float",
        "--top-k -2|negative",
        "--min-p 1.5|at most 1",
        "--repeat-penalty 0|above 0",
        "--stop=|--stop is empty",
        "--typical -1|at least 0",
        "--mirostat 3|0 (off) or 2",
        "--dry-multiplier -1|at least 0",
        "--repeat-last-n -2|at least 0",
        "--presence-penalty x|not a float",
        "--threads 0|at least 1",
        "--threads 99999|processors",
        "--ctx -1|positive",
        "--batch 0|positive",
        "--cache-type q4_0|f16",
        "--policy fastest|fastest",
        "--backend gpu|no backend is called 'gpu'",
        "--bogus|Unknown option",
        "--file no-such-file|no-such-file",
        "--set x|--set",
      })
  void optionsThatMakeNoSense(String options, String said) {
    String[] given = options.split(" ", -1);
    String[] words = {"run", tinyModel(), "--raw", "hello"};
    String[] all = Arrays.copyOf(words, words.length + given.length);
    System.arraycopy(given, 0, all, words.length, given.length);
    Invocation outcome = gatun(all);
    assertEquals(2, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(said), outcome.err());
    assertTrue(outcome.err().lines().count() <= 4, outcome.err());
  }

  @Test
  void anUnknownCommandIsNamed() {
    Invocation outcome = gatun("rnu");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("there is no command 'rnu'"), outcome.err());
    assertTrue(outcome.err().contains("gatun --help"), outcome.err());
  }

  @Test
  void aModelWithoutATemplateSaysHowToGoOn() throws IOException {
    String bytes =
        new String(model(), StandardCharsets.ISO_8859_1).replace("chat_template", "no_template__");
    Path file = file("base.gguf", bytes.getBytes(StandardCharsets.ISO_8859_1));
    Invocation outcome = gatun("run", file.toString(), "hello");
    assertEquals(3, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("--raw"), outcome.err());
  }

  @Test
  void aContextThatNoMemoryHoldsIsRefused() {
    Invocation outcome = gatun("run", tinyModel(), "--raw", "--ctx", "999999999", "hello");
    assertEquals(4, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("smaller context"), outcome.err());
  }

  @Test
  void textThatIsNotUnicodeIsRefused() throws IOException {
    Path file = file("latin1.txt", new byte[] {'a', (byte) 0xff});
    Invocation outcome = gatun("run", tinyModel(), "--raw", "--file", file.toString());
    assertEquals(2, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("UTF-8"), outcome.err());
  }

  @Test
  void theSmallestContextsWork() {
    for (String context : List.of("1", "2", "3")) {
      String[] words = {
        "run", tinyModel(), "--raw", "--ctx", context, "--shift", "-n", "4", "hello"
      };
      assertEquals(0, gatun(words).exitCode(), context);
    }
  }
}
