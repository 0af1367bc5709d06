package dev.gatun.cli.command;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder with a report in every form. */
final class ReportFolder {
  private ReportFolder() {}

  /**
   * Makes the folder, before anything is measured for it.
   *
   * @throws GatunException when that cannot be
   */
  static void require(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** Writes the files; each is there as a whole or not at all. */
  static List<Path> write(Path folder, BenchReport report) {
    List<Path> files = new ArrayList<>();
    try {
      for (ReportFormat format : ReportFormat.values()) {
        Path file = folder.resolve(format.file());
        AtomicFile.write(file, format.text(report).getBytes(StandardCharsets.UTF_8));
        files.add(file);
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
    return files;
  }

  private static GatunException failure(Path folder, IOException e) {
    return new GatunException(
        GatunException.Kind.FAILURE,
        "the report cannot be written to %s (%s)".formatted(folder, GatunException.reason(e)),
        e);
  }
}
