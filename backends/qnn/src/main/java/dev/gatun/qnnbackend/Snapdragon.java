package dev.gatun.qnnbackend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The Snapdragon that this machine has, as far as files tell: Linux and Android name it under
 * {@code /sys/devices/soc0}. Windows has no such file.
 *
 * @param root {@code /}, or a folder with the same files
 */
record Snapdragon(Path root) {
  private static final int LIMIT = 256;

  /** The name of the chip; empty where no file names one of Qualcomm's. */
  Optional<String> name() {
    Path soc = root.resolve("sys/devices/soc0");
    Optional<String> family = line(soc.resolve("family"));
    if (family.filter(text -> text.toLowerCase(Locale.ROOT).contains("snapdragon")).isEmpty()) {
      return Optional.empty();
    }
    String machine = line(soc.resolve("machine")).orElse("");
    String number = line(soc.resolve("soc_id")).map(id -> " (SoC " + id + ")").orElse("");
    return Optional.of((family.get() + " " + machine + number).strip());
  }

  private static Optional<String> line(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LIMIT);
      }
      String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      // Not every machine lets everybody read it.
      return Optional.empty();
    }
  }
}
