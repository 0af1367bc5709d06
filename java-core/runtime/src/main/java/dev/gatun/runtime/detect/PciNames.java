package dev.gatun.runtime.detect;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names of PCI devices from the list that distributions install ({@code pci.ids}: a vendor's number
 * and name on a line, its devices below it after a tab).
 */
final class PciNames {
  private static final List<String> PLACES =
      List.of("usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids", "var/lib/pciutils/pci.ids");

  private final SmallFiles files;

  PciNames(SmallFiles files) {
    this.files = files;
  }

  /**
   * @param vendor four hexadecimal digits
   * @param device four hexadecimal digits
   */
  Optional<String> device(String vendor, String device) {
    List<String> lines =
        PLACES.stream()
            .map(files::lines)
            .filter(found -> !found.isEmpty())
            .findFirst()
            .orElse(List.of());
    String start = vendor.toLowerCase(Locale.ROOT) + "  ";
    String entry = "\t" + device.toLowerCase(Locale.ROOT) + "  ";
    boolean inside = false;
    for (String line : lines) {
      if (!line.startsWith("\t") && !line.startsWith("#")) {
        inside = line.startsWith(start);
      } else if (inside && line.startsWith(entry)) {
        return Optional.of(line.substring(entry.length()).strip());
      }
    }
    return Optional.empty();
  }
}
