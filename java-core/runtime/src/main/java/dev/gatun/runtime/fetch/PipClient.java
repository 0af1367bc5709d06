package dev.gatun.runtime.fetch;

import dev.gatun.runtime.spi.PackageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Wheels, by the machine's own pip: it checks the digest itself, and works where packages may not
 * be installed (PEP 668).
 *
 * @param command the user's command of pip; empty to look for one
 */
record PipClient(Optional<String> command) implements ArchiveClient {
  @Override
  public Path download(PackageFile file, Path folder, ClientTool.Ticker ticker)
      throws IOException, InterruptedException {
    ClientTool pip =
        ClientTool.find(
            "pip",
            command,
            candidates(),
            "install Python 3 with pip, or name its command with -Dgatun.pip.command=\"COMMAND\"");
    Path requirements = folder.resolve("requirements.txt");
    Files.writeString(
        requirements,
        "%s==%s --hash=sha256:%s\n".formatted(file.name(), file.version(), file.sha256()));
    List<String> line = new ArrayList<>();
    line.addAll(
        List.of(
            "download",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:"));
    line.addAll(tag(file.tag()));
    line.addAll(List.of("-r", requirements.toString(), "-d", folder.toString()));
    pip.run(line, folder, ticker);
    return ArchiveClient.left(folder, ".whl", "pip");
  }

  /** Options that let pip take a wheel made for another Python or machine. */
  private static List<String> tag(String tag) {
    if (tag.isEmpty()) {
      return List.of();
    }
    List<String> options = new ArrayList<>();
    String[] parts = tag.split("-", 3);
    // A wheel for every Python 3 is wanted by one that packages do not find too old.
    String python = parts[0].equals("py3") ? "py312" : parts[0];
    options.addAll(List.of("--implementation", python.substring(0, 2)));
    options.addAll(List.of("--python-version", python.substring(2)));
    options.addAll(List.of("--abi", parts[1]));
    for (String platform : parts[2].split("\\.", -1)) {
      options.addAll(List.of("--platform", platform));
    }
    return options;
  }

  private static List<List<String>> candidates() {
    List<List<String>> all = new ArrayList<>();
    if (ClientTool.isWindows()) {
      all.add(List.of("py", "-m", "pip"));
    }
    all.add(List.of("python3", "-m", "pip"));
    all.add(List.of("pip3"));
    all.add(List.of("pip"));
    all.add(List.of("python", "-m", "pip"));
    return all;
  }
}
