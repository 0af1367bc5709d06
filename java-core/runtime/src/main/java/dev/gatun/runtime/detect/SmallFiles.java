package dev.gatun.runtime.detect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The system's small text files and device nodes, by their paths without the leading slash; what
 * cannot be read or understood is empty.
 */
public interface SmallFiles {
  /** What may be done with a file. */
  enum Access {
    ABSENT,
    /** It is there, and this user may not read it. */
    DENIED,
    /** This user may read it, and not write. */
    READABLE,
    OPEN
  }

  /** The real files. */
  static SmallFiles of(Path root) {
    return new FilesUnder(root);
  }

  /** The whole text of a file, without white space and zeros around it. Not for device nodes. */
  Optional<String> text(String path);

  /** Names in a folder, sorted. */
  List<String> names(String folder);

  /** Whether a file or device node may be used; opens nothing. */
  Access access(String path);

  default boolean exists(String path) {
    return access(path) != Access.ABSENT;
  }

  default List<String> lines(String path) {
    return text(path).map(text -> text.lines().toList()).orElse(List.of());
  }

  default OptionalLong number(String path) {
    return text(path).map(SmallFiles::parse).orElse(OptionalLong.empty());
  }

  /** A whole number with an optional suffix K, M or G. */
  static OptionalLong parse(String text) {
    String digits = text.strip();
    int suffix = digits.isEmpty() ? -1 : "KMG".indexOf(digits.charAt(digits.length() - 1));
    if (suffix >= 0) {
      digits = digits.substring(0, digits.length() - 1);
    }
    try {
      return OptionalLong.of(Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (suffix + 1))));
    } catch (NumberFormatException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  /** A list of processor numbers: {@code 0-3,8}. Empty when malformed or absurdly long. */
  static List<Integer> cpuList(String text) {
    List<Integer> cpus = new ArrayList<>();
    for (String part : text.strip().split(",", -1)) {
      String[] ends = part.split("-", 2);
      OptionalLong first = parse(ends[0]);
      OptionalLong last = parse(ends[ends.length - 1]);
      if (first.isEmpty()
          || last.isEmpty()
          || first.getAsLong() < 0
          || last.getAsLong() < first.getAsLong()
          || last.getAsLong() > 1 << 16) {
        return List.of();
      }
      for (long cpu = first.getAsLong(); cpu <= last.getAsLong(); cpu++) {
        cpus.add((int) cpu);
      }
    }
    return cpus;
  }
}
