package dev.gatun.formats.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.graph.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSplitTest {
  @TempDir Path folder;
  private List<Path> parts;
  private List<String> expected;

  @BeforeEach
  void split() throws IOException {
    try (GgufFile source = GgufFile.open(TestData.resource("gguf/qwen3-q8_0.gguf"))) {
      expected = new ArrayList<>(GgufDump.lines(source));
      parts = GgufWriterTest.copy(source).writeSplit(folder.resolve("m.gguf"), 40_000);
    }
  }

  @Test
  void anyPartOpensTheWholeModel() throws IOException {
    assertEquals(5, parts.size());
    assertEquals("m-00001-of-00005.gguf", parts.get(0).getFileName().toString());
    for (Path part : parts) {
      assertTrue(Files.size(part) < 60_000, part + " has " + Files.size(part));
      try (GgufFile file = GgufFile.open(part)) {
        check(file);
        assertEquals(parts, file.paths());
      }
    }
    try (ModelSource model = ModelFiles.open(parts.get(2))) {
      assertTrue(model.tensor("token_embd.weight").isPresent());
    }
  }

  @Test
  void partsOpenUnderAnyName() throws IOException {
    List<Path> renamed = new ArrayList<>();
    for (Path part : parts) {
      renamed.add(Files.move(part, folder.resolve("sha256-" + renamed.size())));
    }
    try (GgufFile file = GgufFile.openParts(renamed, "m")) {
      check(file);
    }
    fails("its name does not end with -00003-of-00005.gguf", () -> GgufFile.open(renamed.get(2)));
    fails(
        "part 2 of 5 by its metadata, but was found as part 1",
        () -> GgufFile.openParts(List.of(renamed.get(1), renamed.get(0)), "m"));
    fails("is part 1 of 5", () -> GgufFile.openParts(renamed.subList(0, 1), "m"));
    assertThrows(IllegalArgumentException.class, () -> GgufFile.openParts(List.of(), "m"));
  }

  @Test
  void missingPartsAreNamed() throws IOException {
    Files.delete(parts.get(1));
    Files.delete(parts.get(3));
    fails("no m-00002-of-00005.gguf, no m-00004-of-00005.gguf", () -> GgufFile.open(parts.get(0)));
  }

  @Test
  void partOfAnotherModelIsRefused() throws IOException {
    Files.copy(parts.get(1), parts.get(2), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    fails("is part 2 of 5 by its metadata", () -> GgufFile.open(parts.get(0)));
    Files.copy(
        TestData.resource("gguf/qwen3-q8_0.gguf"),
        parts.get(2),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    fails("has no usable number split.no", () -> GgufFile.open(parts.get(0)));
  }

  @Test
  void damagedPartIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(parts.get(3));
    Files.write(parts.get(3), java.util.Arrays.copyOf(bytes, bytes.length - 100));
    fails("m-00004-of-00005.gguf: ends before the data", () -> GgufFile.open(parts.get(0)));
  }

  @Test
  void tensorCountsAndNamesMustFit() throws IOException {
    Path one = folder.resolve("x-00001-of-00002.gguf");
    Path two = folder.resolve("x-00002-of-00002.gguf");
    RawGguf.part(0, 2, 3).tensor("a").tensor("b").write(one);
    RawGguf.part(1, 2, 3).tensor("a").write(two);
    fails("has the tensor 'a', which", () -> GgufFile.open(two));
    RawGguf.part(1, 2, 3).write(two);
    fails("together have 3 tensors, but they have 2", () -> GgufFile.open(one));
    RawGguf.part(1, 2, 3).tensor("c").write(two);
    try (GgufFile file = GgufFile.open(one)) {
      assertEquals(List.of("a", "b", "c"), List.copyOf(file.tensorNames()));
    }
  }

  private void check(GgufFile file) {
    List<String> lines = GgufDump.lines(file);
    lines.removeIf(line -> line.startsWith("kv\tsplit."));
    assertEquals(expected, lines);
    assertEquals(5L, file.metadata().integer("split.count").orElseThrow());
  }

  private static void fails(String message, org.junit.jupiter.api.function.Executable open) {
    String actual = assertThrows(ModelFormatException.class, open).getMessage();
    assertTrue(actual.contains(message), actual);
  }
}
