package dev.gatun.cli.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which archive a start uses, and when the next run makes one. */
class ClassArchiveTest {
  private static final String TRAIN = "-Dgatun.cli.archive=";

  @TempDir Path folder;
  private Path jar;

  @BeforeEach
  void jar() throws IOException {
    jar = Files.writeString(folder.resolve("gatun.jar"), "a program");
  }

  private List<String> flags() throws IOException {
    return ClassArchive.of(folder, jar).flags(true);
  }

  /** What the run that {@link #flags} asks for would leave. */
  private Path made() throws IOException {
    String version =
        flags().stream()
            .filter(flag -> flag.startsWith(TRAIN))
            .map(flag -> flag.substring(TRAIN.length()))
            .findFirst()
            .orElseThrow();
    Path part = Files.writeString(Path.of(version + ".1"), "classes");
    String name = ClassArchive.name(Path.of(version).getFileName().toString(), part);
    return Files.move(part, folder.resolve(name));
  }

  @Test
  void aWholeArchiveIsUsed() throws IOException {
    Path archive = made();
    assertEquals("-XX:SharedArchiveFile=" + archive, flags().getFirst());
    assertEquals(flags(), ClassArchive.of(folder, jar).flags(false));
  }

  @Test
  void aDamagedOneGoesAndIsMadeAnew() throws IOException {
    Path archive = made();
    Files.writeString(archive, "clashes");
    assertTrue(flags().stream().anyMatch(flag -> flag.startsWith(TRAIN)));
    assertFalse(Files.exists(archive));
    assertEquals(List.of(), ClassArchive.of(folder, jar).flags(false));
    assertEquals(archive, made());
  }

  @Test
  void anotherVersionOfTheJarHasAnotherOneAndTheOldOneGoes() throws IOException {
    Path old = made();
    Files.writeString(jar, "a longer program");
    assertTrue(flags().stream().anyMatch(flag -> flag.startsWith(TRAIN)));
    assertFalse(Files.exists(old));
  }
}
