package dev.gatun.runtime.fetch;

import dev.gatun.runtime.spi.PackageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Downloads archives of packages through a client of this machine. Nothing is installed. */
sealed interface ArchiveClient permits PipClient, MavenClient, NpmClient {
  /**
   * Downloads an archive. Its digest is the caller's to check.
   *
   * @param folder exists, empty: for the client's files, the archive among them
   * @return the archive
   * @throws FetchException when the client is not there or cannot give it
   */
  Path download(PackageFile file, Path folder, ClientTool.Ticker ticker)
      throws IOException, InterruptedException;

  /** The only file with a suffix that a client left in a folder. */
  static Path left(Path folder, String suffix, String client) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> archive =
          files.filter(file -> file.toString().endsWith(suffix)).sorted().findFirst();
      return archive.orElseThrow(
          () -> new FetchException("%s left no file *%s".formatted(client, suffix)));
    }
  }
}
