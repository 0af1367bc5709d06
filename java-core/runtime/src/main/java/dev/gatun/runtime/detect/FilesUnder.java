package dev.gatun.runtime.detect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files of the system.
 *
 * @param root stands for {@code /}
 */
record FilesUnder(Path root) implements SmallFiles {
  private static final int LARGEST = 8 << 20;

  @Override
  public Optional<String> text(String path) {
    try (var in = Files.newInputStream(root.resolve(path))) {
      String text = new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
      return Optional.of(trim(text));
    } catch (IOException | SecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Properties of a device tree end in a zero. */
  static String trim(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    return text.substring(0, end).strip();
  }

  @Override
  public List<String> names(String folder) {
    try (Stream<Path> entries = Files.list(root.resolve(folder))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException | SecurityException | IllegalArgumentException e) {
      return List.of();
    }
  }

  @Override
  public Access access(String path) {
    try {
      Path file = root.resolve(path);
      if (!Files.exists(file)) {
        return Access.ABSENT;
      }
      if (!Files.isReadable(file)) {
        return Access.DENIED;
      }
      return Files.isWritable(file) ? Access.OPEN : Access.READABLE;
    } catch (SecurityException | IllegalArgumentException e) {
      return Access.ABSENT;
    }
  }
}
