package dev.gatun.runtime.fetch;

import dev.gatun.runtime.spi.PackageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Jars, by the machine's own Maven, through its local repository and its settings.
 *
 * @param command the user's command of Maven; empty to look for one
 */
record MavenClient(Optional<String> command) implements ArchiveClient {
  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

  @Override
  public Path download(PackageFile file, Path folder, ClientTool.Ticker ticker)
      throws IOException, InterruptedException {
    ClientTool maven =
        ClientTool.find(
            "mvn",
            command,
            List.of(List.of(ClientTool.isWindows() ? "mvn.cmd" : "mvn")),
            "install Maven, or name its command with -Dgatun.mvn.command=\"COMMAND\"");
    String artifact =
        "%s:%s:jar%s"
            .formatted(file.name(), file.version(), file.tag().isEmpty() ? "" : ":" + file.tag());
    maven.run(
        List.of("-B", "-q", "-ntp", COPY, "-Dartifact=" + artifact, "-DoutputDirectory=" + folder),
        folder,
        ticker);
    return ArchiveClient.left(folder, ".jar", "mvn");
  }
}
