package dev.gatun.cli.output;

import java.util.Locale;

/** Numbers for people. */
public final class Units {
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] COUNTS = {"", " K", " M", " G", " T"};

  private Units() {}

  /** {@code 93.8 MiB}. */
  public static String bytes(long bytes) {
    return scaled(bytes, 1024, BYTES, " ");
  }

  /** {@code 134.5 M}. */
  public static String count(long count) {
    return scaled(count, 1000, COUNTS, "");
  }

  /** A number with so many decimals, with a point whatever the locale. */
  public static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String scaled(long value, int base, String[] units, String gap) {
    double scaled = value;
    int unit = 0;
    while (scaled >= base && unit < units.length - 1) {
      scaled /= base;
      unit++;
    }
    return (unit == 0 ? Long.toString(value) : fixed(scaled, 1)) + gap + units[unit];
  }
}
