package dev.gatun.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What Linux says about this process's memory in {@code /proc/self/smaps} (proc(5)). */
final class Mappings {
  /** One mapping: addresses from start to end, bytes resident, and its flags ({@code hg}, …). */
  record Mapping(long start, long end, long residentBytes, List<String> flags) {
    boolean huge() {
      return flags.contains("hg");
    }
  }

  private Mappings() {}

  /** The mapping around an address. */
  static Optional<Mapping> at(long address) {
    long start = 0;
    long end = 0;
    long resident = 0;
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        String[] words = line.split("\\s+", -1);
        if (!words[0].endsWith(":")) {
          int dash = words[0].indexOf('-');
          start = Long.parseUnsignedLong(words[0], 0, dash, 16);
          end = Long.parseUnsignedLong(words[0], dash + 1, words[0].length(), 16);
        } else if (words[0].equals("Rss:")) {
          resident = Long.parseLong(words[1]) << 10;
        } else if (words[0].equals("VmFlags:")
            && Long.compareUnsigned(start, address) <= 0
            && Long.compareUnsigned(address, end) < 0) {
          return Optional.of(new Mapping(start, end, resident, Arrays.asList(words)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.empty();
  }

  /** Whether huge pages were asked for at an address. */
  static boolean hugeAt(long address) {
    return at(address).map(Mapping::huge).orElse(false);
  }
}
