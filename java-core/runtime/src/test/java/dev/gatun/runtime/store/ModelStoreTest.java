package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.files.ProcessLock;
import dev.gatun.runtime.store.ModelStore.AddMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, files, leftovers and damage in the store. */
class ModelStoreTest {
  @TempDir Path home;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = new ModelStore(home);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(home.resolve(name), content);
  }

  private Path manifest(String name) {
    return home.resolve("models/manifests").resolve(ModelNames.fileName(name));
  }

  @Test
  void modelsAreAddedListedShownAndRemoved() throws IOException {
    assertEquals(List.of(), store.list());
    StoredModel b = store.add("b", file("x.gguf", "content"), AddMode.COPY);
    StoredModel a = store.add("a", file("y.gguf", "other"), AddMode.LINK);
    assertEquals(List.of(a, b), store.list());
    assertEquals(b, store.find("b").orElseThrow());
    assertEquals("x.gguf", b.files().getFirst().name());
    assertEquals(7, b.size());
    assertEquals("content", Files.readString(store.paths(b).getFirst()));
    Files.writeString(home.resolve("x.gguf"), "changed");
    assertEquals("content", Files.readString(store.paths(b).getFirst()));
    assertEquals(new ModelStore.Removal(true, 7), store.remove("b"));
    assertEquals(new ModelStore.Removal(false, 0), store.remove("b"));
    assertEquals(List.of(a), store.list());
  }

  @Test
  void aFileThatTwoNamesUseStays() throws IOException {
    Path file = file("x.gguf", "content");
    store.add("one", file, AddMode.COPY);
    StoredModel two = store.add("two", file, AddMode.COPY);
    assertEquals(0, store.remove("one").freed());
    assertEquals("content", Files.readString(store.paths(two).getFirst()));
    assertEquals(7, store.remove("two").freed());
    assertFalse(Files.exists(store.path(two.files().getFirst())));
  }

  @Test
  void aNameCanBeGivenAnew() throws IOException {
    store.add("x", file("1.gguf", "one"), AddMode.COPY);
    StoredModel second = store.add("x", file("2.gguf", "second"), AddMode.COPY);
    assertEquals(List.of(second), store.list());
    assertEquals(1, store.repair().deleted().size());
    assertEquals("second", Files.readString(store.paths(second).getFirst()));
  }

  @Test
  void whatIsNoFileCannotBeAdded() {
    assertThrows(StoreException.class, () -> store.add("x", home, AddMode.COPY));
    assertThrows(StoreException.class, () -> store.add("x", home.resolve("none"), AddMode.LINK));
    assertEquals(List.of(), store.list());
  }

  @Test
  void namesStayApartAndInTheirFolder() throws IOException {
    Path file = file("x.gguf", "content");
    List<String> names =
        List.of(
            "a",
            "A",
            "../../etc/x",
            "a/b",
            "a%2Fb",
            "ä",
            "con",
            ".hidden",
            "x y",
            "hf:o/r/f.gguf",
            "..",
            "n".repeat(200),
            "n".repeat(199) + "m");
    Set<String> files = new HashSet<>();
    for (String name : names) {
      store.add(name, file, AddMode.COPY);
      String fileName = ModelNames.fileName(name);
      assertTrue(files.add(fileName.toLowerCase(Locale.ROOT)), fileName);
      assertTrue(fileName.length() < 220 && ManifestJson.isPlainFileName(fileName), fileName);
      assertTrue(Files.isRegularFile(manifest(name)), name);
    }
    assertEquals(
        Set.copyOf(names), Set.copyOf(store.list().stream().map(StoredModel::name).toList()));
    for (String bad : List.of("", " ", " a", "a\n", "a\0b", "n".repeat(201))) {
      assertThrows(StoreException.class, () -> store.find(bad), bad);
      assertThrows(StoreException.class, () -> store.add(bad, file, AddMode.COPY), bad);
    }
  }

  @Test
  void aMissingOrShortFileMakesAModelIncomplete() throws IOException {
    StoredModel model = store.add("x", file("x.gguf", "content"), AddMode.COPY);
    Files.writeString(store.path(model.files().getFirst()), "cont");
    assertTrue(store.find("x").isEmpty());
    assertEquals(List.of("x"), store.repair().incomplete());
    store.add("x", home.resolve("x.gguf"), AddMode.COPY);
    assertTrue(store.find("x").isPresent());
  }

  @Test
  void leftoversAreCleanedAndDownloadsKept() throws IOException {
    StoredModel model = store.add("x", file("x.gguf", "content"), AddMode.COPY);
    Path models = home.resolve("models");
    Path unfinished = models.resolve("manifests/.8a7.tmp");
    Path orphan = models.resolve("blobs/sha256").resolve("a".repeat(64));
    Path work = models.resolve("partial").resolve("b".repeat(64) + ".pip");
    Path running = models.resolve("partial").resolve("c".repeat(64));
    Path old = models.resolve("partial").resolve("d".repeat(64));
    Path held = models.resolve("partial").resolve("e".repeat(64));
    Path copy = models.resolve("partial/add-1");
    for (Path path : List.of(unfinished, orphan, running, old, held, copy)) {
      Files.writeString(path, "something");
    }
    Files.createDirectories(work.resolve("pip-unpack"));
    Files.writeString(work.resolve("pip-unpack/x.whl"), "wheel");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(40))));
    try (ProcessLock _ =
        ProcessLock.tryAcquire(held.resolveSibling("e".repeat(64) + ".lock")).orElseThrow()) {
      StoreRepair.Report report = store.repair();
      assertEquals(Set.of(unfinished, orphan, work, old, copy), Set.copyOf(report.deleted()));
      assertEquals(List.of(running), report.kept());
    }
    for (Path gone : List.of(unfinished, orphan, work, old, copy)) {
      assertFalse(Files.exists(gone), gone.toString());
    }
    assertTrue(Files.exists(held));
    assertEquals("content", Files.readString(store.paths(model).getFirst()));
  }

  @Test
  void aRepairOfNothingDoesNothing() {
    assertEquals(List.of(), store.repair().deleted());
    assertFalse(Files.exists(home.resolve("models")));
  }

  @Test
  void damagedManifestsAreLeftOutAndBlockDeletions() throws IOException {
    StoredModel good = store.add("good", file("x.gguf", "content"), AddMode.COPY);
    store.add("bad", file("y.gguf", "other"), AddMode.COPY);
    Files.writeString(manifest("bad"), "{\"version\":1,");
    assertEquals(List.of(good), store.list());
    assertTrue(store.find("bad").isEmpty());
    StoreRepair.Report report = store.repair();
    assertEquals(List.of(manifest("bad")), report.damaged());
    assertEquals(List.of(), report.deleted());
    StoreException e = assertThrows(StoreException.class, () -> store.remove("good"));
    assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    assertTrue(store.find("good").isPresent());
    assertTrue(store.remove("bad").found());
    assertEquals(1, store.repair().deleted().size());
    assertEquals(7, store.remove("good").freed());
  }

  @Test
  void aManifestUnderAnotherNameIsNotBelieved() throws IOException {
    store.add("a", file("x.gguf", "content"), AddMode.COPY);
    Files.copy(manifest("a"), manifest("b"));
    assertEquals(1, store.list().size());
    assertTrue(store.find("b").isEmpty());
  }

  @Test
  void hostileManifestsAreRefused() {
    ManifestJson json = new ManifestJson();
    String digest = "a".repeat(64);
    String sound =
        "{\"version\":1,\"name\":\"n\",\"source\":\"s\",\"licence\":\"\",\"verified\":true,"
            + "\"added\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"f\",\"sha256\":\""
            + digest
            + "\",\"size\":1}]}";
    for (String bad :
        List.of(
            "",
            "null",
            "[]",
            "{}",
            "[".repeat(100_000),
            sound.replace("\"version\":1", "\"version\":2"),
            sound.replace("\"name\":\"n\"", "\"name\":\"\""),
            sound.replace("\"name\":\"n\"", "\"name\":7"),
            sound.replace("\"name\":\"f\"", "\"name\":\"../f\""),
            sound.replace("\"name\":\"f\"", "\"name\":\"..\""),
            sound.replace("\"name\":\"f\"", "\"name\":\"a\\\\b\""),
            sound.replace("\"name\":\"f\"", "\"name\":\"\\u0000\""),
            sound.replace(digest, "../../../etc/passwd"),
            sound.replace(digest, digest.toUpperCase(Locale.ROOT)),
            sound.replace("\"size\":1", "\"size\":-1"),
            sound.replace("\"size\":1", "\"size\":1.5"),
            sound.replace("\"size\":1", "\"size\":99999999999999999999"),
            sound.replace("\"size\":1", "\"size\":\"1\""),
            sound.replace("2026-01-01T00:00:00Z", "yesterday"),
            sound.replace("\"files\":[{", "\"files\":[],\"x\":[{"),
            sound.replace("\"version\":1", "\"version\":1,\"version\":1"),
            sound.substring(0, sound.length() - 1))) {
      assertThrows(IOException.class, () -> json.read(bad.getBytes(StandardCharsets.UTF_8)), bad);
    }
  }

  @Test
  void manifestsSurviveFuzzing() throws IOException {
    StoredModel model = store.add("x", file("x.gguf", "content"), AddMode.COPY);
    ManifestJson json = new ManifestJson();
    byte[] sound = json.write(model);
    assertEquals(model, json.read(sound));
    Random random = new Random(37);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged =
          Arrays.copyOf(
              sound, random.nextInt(8) == 0 ? random.nextInt(sound.length) : sound.length);
      for (int flips = 1 + random.nextInt(3); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        StoredModel read = json.read(damaged);
        for (StoredModel.StoredFile file : read.files()) {
          assertTrue(Digests.isSha256(file.sha256()) && file.size() >= 0);
          assertTrue(ManifestJson.isPlainFileName(file.name()));
        }
      } catch (IOException e) {
        refused++;
      }
    }
    assertTrue(refused > 5000, refused + " refused");
    Files.write(manifest("x"), new byte[2 << 20]);
    assertEquals(List.of(), store.list());
  }

  @Test
  void splitModelsKeepTheirNames() throws Exception {
    Path first = file("1", "first");
    Path second = file("2", "second");
    StoredModel model =
        new StoredModel(
            "split",
            List.of(
                new StoredModel.StoredFile("m-00001-of-00002.gguf", Digests.of(first), 5),
                new StoredModel.StoredFile("m-00002-of-00002.gguf", Digests.of(second), 6)),
            "test",
            "",
            true,
            Instant.now());
    store.install(model, List.of(first, second));
    assertArrayEquals(
        "second".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(store.paths(model).get(1)));
    assertEquals("m-00001-of-00002.gguf", store.paths(model).get(0).getFileName().toString());
  }
}
