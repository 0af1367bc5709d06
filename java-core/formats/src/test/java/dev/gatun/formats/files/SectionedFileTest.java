package dev.gatun.formats.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves is used as far as it is whole. */
class SectionedFileTest {
  private static final List<String> SECTIONS = List.of("first", "the second", "third");

  @TempDir private Path folder;
  private Path target;

  private void writeAll(SectionedFile file, List<String> written) throws IOException {
    for (String section : SECTIONS) {
      if (!file.has(section.length())) {
        file.write(ByteBuffer.wrap(section.getBytes(StandardCharsets.UTF_8)));
        file.endSection();
        written.add(section);
      }
    }
    file.commit();
  }

  /** What lies there when a process is killed after two sections and a half. */
  private List<Path> killed() throws IOException {
    target = folder.resolve("target");
    Path aside = Files.createDirectories(folder.resolve("aside"));
    try (var file = new SectionedFile(target, "id")) {
      for (String section : SECTIONS.subList(0, 2)) {
        assertFalse(file.has(section.length()));
        file.write(ByteBuffer.wrap(section.getBytes(StandardCharsets.UTF_8)));
        file.endSection();
      }
      file.write(ByteBuffer.wrap("thi".getBytes(StandardCharsets.UTF_8)));
      for (Path left : files(folder)) {
        Files.copy(left, aside.resolve(left.getFileName()));
      }
    }
    List<Path> back = new ArrayList<>();
    for (Path left : files(aside)) {
      back.add(
          Files.move(
              left, folder.resolve(left.getFileName()), StandardCopyOption.REPLACE_EXISTING));
    }
    assertEquals(2, back.size());
    return back;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      return list.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private List<String> goOn(String id) throws IOException {
    List<String> written = new ArrayList<>();
    try (var file = new SectionedFile(target, id)) {
      writeAll(file, written);
    }
    assertEquals(String.join("", SECTIONS), Files.readString(target));
    assertEquals(List.of(target), files(folder), "nothing else is left");
    return written;
  }

  @Test
  void wholeSectionsAreNotWrittenAgain() throws IOException {
    killed();
    assertEquals(List.of("third"), goOn("id"));
  }

  @Test
  void whatIsDamagedIsWrittenAgainAndAllBehindIt() throws IOException {
    Path partial = killed().getFirst();
    byte[] bytes = Files.readAllBytes(partial);
    bytes[1] ^= 1;
    Files.write(partial, bytes);
    assertEquals(SECTIONS, goOn("id"));
  }

  @Test
  void otherContentBeginsAnewAndCleansUp() throws IOException {
    killed();
    assertEquals(SECTIONS, goOn("other"));
  }

  @Test
  void anExceptionLeavesNothing() throws IOException {
    target = folder.resolve("target");
    try (var file = new SectionedFile(target, "id")) {
      assertFalse(file.has(5));
      file.write(ByteBuffer.wrap(new byte[5]));
      file.endSection();
    }
    assertEquals(List.of(), files(folder));
  }

  @Test
  void twoWritersOfTheSameAreNotLetIn() throws IOException {
    target = folder.resolve("target");
    try (var file = new SectionedFile(target, "id")) {
      var error = assertThrows(IOException.class, () -> new SectionedFile(target, "id"));
      assertTrue(error.getMessage().contains("somebody else"), error.getMessage());
      assertFalse(file.has(1));
    }
  }
}
