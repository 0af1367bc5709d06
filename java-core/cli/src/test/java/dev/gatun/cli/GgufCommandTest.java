package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splitting, merging, editing and hashing change what they say and nothing else. */
class GgufCommandTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  private static Path model() {
    return Invocation.archs().resolve("llama-f16.gguf");
  }

  private String hash(Path file) {
    Invocation run = gatun("gguf", "hash", file.toString());
    assertEquals(0, run.exitCode(), run.err());
    return run.out().split("\\s+", -1)[1];
  }

  @Test
  void aSplitModelMergedIsTheModel() throws IOException {
    Invocation split =
        gatun(
            "gguf",
            "split",
            model().toString(),
            home.resolve("part.gguf").toString(),
            "--max-tensors=5");
    assertEquals(0, split.exitCode(), split.err());
    List<Path> parts = split.out().lines().map(Path::of).toList();
    assertTrue(parts.size() > 2 && parts.stream().allMatch(Files::exists));
    assertEquals(hash(model()), hash(parts.get(1)));
    Path one = home.resolve("one.gguf");
    assertEquals(0, gatun("gguf", "merge", parts.getLast().toString(), one.toString()).exitCode());
    try (GgufFile merged = GgufFile.open(one);
        GgufFile original = GgufFile.open(model())) {
      assertEquals(original.metadata().keys(), merged.metadata().keys());
      assertEquals(original.tensorNames(), merged.tensorNames());
    }
    assertEquals(hash(model()), hash(one));
  }

  @Test
  void onlyTheMetadataThatIsNamedChanges() throws IOException {
    Path edited = home.resolve("edited.gguf");
    Invocation run =
        gatun(
            "gguf",
            "set",
            model().toString(),
            edited.toString(),
            "general.name=str:mine",
            "--remove=general.architecture");
    assertEquals(0, run.exitCode(), run.err());
    try (GgufFile file = GgufFile.open(edited)) {
      assertEquals("mine", file.metadata().string("general.name").orElseThrow());
      assertFalse(file.metadata().keys().contains("general.architecture"));
    }
    assertEquals(hash(model()), hash(edited));
  }

  @Test
  void mistakesChangeNothing() throws IOException {
    Path copy = Files.copy(model(), home.resolve("copy.gguf"));
    String file = copy.toString();
    assertEquals(2, gatun("gguf", "set", file, file, "a=str:b").exitCode(), "onto itself");
    assertEquals(2, gatun("gguf", "set", file, "x.gguf").exitCode(), "nothing to change");
    Invocation absent = gatun("gguf", "set", file, "x.gguf", "--remove=no.such.key");
    assertEquals(2, absent.exitCode());
    assertTrue(absent.err().contains("no.such.key"), absent.err());
    assertEquals(2, gatun("gguf", "split", file, "x.bin").exitCode(), "no GGUF name");
    assertEquals(2, gatun("gguf", "split", file, "x.gguf", "--max-size=0").exitCode());
    assertEquals(2, gatun("gguf").exitCode());
    assertArrayEquals(Files.readAllBytes(model()), Files.readAllBytes(copy));
  }
}
