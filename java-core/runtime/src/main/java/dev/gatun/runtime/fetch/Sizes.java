package dev.gatun.runtime.fetch;

import java.util.Locale;

/** Sizes in words. */
public final class Sizes {
  private Sizes() {}

  /** Decimal units, as download pages show them: {@code 98.4 MB}. */
  public static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " bytes";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double value = bytes / 1000.0;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
