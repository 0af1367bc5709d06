package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.Origin;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Files that arrived with a wrong digest: kept for a look, never used. */
final class Quarantine {
  private final StoreLayout layout;

  Quarantine(StoreLayout layout) {
    this.layout = layout;
  }

  /** Moves a file here, with a text beside it; a file of the same content is replaced. */
  Path keep(Path file, Artifact artifact, Origin origin, String actual, String expected)
      throws IOException {
    Files.createDirectories(layout.quarantine());
    Path aside = layout.quarantine().resolve(actual);
    AtomicFile.move(file, aside);
    PartialFile.delete(file);
    AtomicFile.write(
        layout.quarantine().resolve(actual + ".txt"),
        """
        %s
        from %s
        at %s
        expected sha256 %s
        received sha256 %s
        It was not used. Delete both files when you have had a look.
        """
            .formatted(artifact.fileName(), origin.describe(), Instant.now(), expected, actual)
            .getBytes(StandardCharsets.UTF_8));
    return aside;
  }
}
