package dev.gatun.runtime.fetch;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Brings pinned packages through this machine's own clients, and files out of them. */
public final class Packages {
  private static final int BUFFER = 1 << 16;

  private final Settings settings;

  public Packages(Settings settings) {
    this.settings = settings;
  }

  /**
   * Downloads an archive and checks its digest.
   *
   * @param folder exists, empty; the caller deletes it
   * @param size bytes that are expected, for progress
   * @return the archive, in the folder
   * @throws FetchException when the client is not there, cannot give it, or gives another
   */
  public Path download(PackageFile file, Path folder, OptionalLong size, FetchListener listener)
      throws IOException, InterruptedException {
    ArchiveClient client =
        switch (file.client()) {
          case PIP -> new PipClient(settings.get(Settings.PIP));
          case MAVEN -> new MavenClient(settings.get(Settings.MAVEN));
          case NPM -> new NpmClient(settings.get(Settings.NPM));
        };
    Path archive =
        client.download(
            file, folder, () -> listener.progress(arrived(folder, size), size.orElse(-1)));
    requireDigest(archive, file);
    return archive;
  }

  /**
   * Compares an archive's digest.
   *
   * @throws FetchException when it is not the pinned one
   */
  public static void requireDigest(Path archive, PackageFile file) throws IOException {
    String actual = Digests.of(archive);
    if (!actual.equals(file.sha256())) {
      throw new FetchException(
          "%s has another digest than the pinned one of %s and was refused (sha256 %s, expected %s)"
              .formatted(archive.getFileName(), file.describe(), actual, file.sha256()));
    }
  }

  /**
   * Takes one file out of an archive into {@code target}, replacing what is there.
   *
   * @param size the file's size, when known: another one is refused
   * @throws FetchException when the archive does not have it, or not so
   */
  public static void extract(Path archive, String name, PartialFile target, OptionalLong size)
      throws IOException {
    boolean[] found = {false};
    target.restart();
    Archive.of(archive)
        .visit(
            new Archive.Visitor() {
              @Override
              public boolean wants(String entry) {
                return entry.equals(name);
              }

              @Override
              public void read(String entry, long said, InputStream content) throws IOException {
                if (found[0]) {
                  throw new FetchException("the archive has two files " + name);
                }
                found[0] = true;
                long total = size.orElse(said);
                if (said != total) {
                  throw new FetchException(
                      "%s in the archive has %d bytes, the wanted file has %d"
                          .formatted(name, said, total));
                }
                append(content, name, target, total);
              }
            });
    if (!found[0]) {
      throw new FetchException("the archive has no file " + name);
    }
  }

  private static void append(InputStream content, String name, PartialFile target, long total)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      if (target.size() + count > total) {
        throw new FetchException(name + " in the archive is larger than it says");
      }
      target.append(buffer, count, total - target.size());
    }
    if (target.size() != total) {
      throw new FetchException(name + " in the archive is smaller than it says");
    }
  }

  /** Bytes that a client has written so far, as far as they can be seen. */
  private static long arrived(Path folder, OptionalLong size) throws IOException {
    long largest = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".whl") && Files.isRegularFile(file)) {
          largest = Math.max(largest, Files.size(file));
        }
      }
    } catch (UncheckedIOException | NoSuchFileException e) {
      // pip moves its files about while they are counted.
      return 0;
    }
    return Math.min(largest, size.orElse(Long.MAX_VALUE));
  }
}
