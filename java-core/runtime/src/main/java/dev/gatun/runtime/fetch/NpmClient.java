package dev.gatun.runtime.fetch;

import dev.gatun.runtime.spi.PackageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Packages of Node, by the machine's own npm; none of their scripts runs.
 *
 * @param command the user's command of npm; empty to look for one
 */
record NpmClient(Optional<String> command) implements ArchiveClient {
  @Override
  public Path download(PackageFile file, Path folder, ClientTool.Ticker ticker)
      throws IOException, InterruptedException {
    ClientTool npm =
        ClientTool.find(
            "npm",
            command,
            List.of(List.of(ClientTool.isWindows() ? "npm.cmd" : "npm")),
            "install Node with npm, or name its command with -Dgatun.npm.command=\"COMMAND\"");
    npm.run(
        List.of(
            "pack",
            "--silent",
            "--ignore-scripts",
            "--pack-destination",
            folder.toString(),
            file.name() + "@" + file.version()),
        folder,
        ticker);
    return ArchiveClient.left(folder, ".tgz", "npm");
  }
}
