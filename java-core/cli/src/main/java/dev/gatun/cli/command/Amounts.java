package dev.gatun.cli.command;

import dev.gatun.tensor.GatunException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as people write them: 500M, 4G, 1.5GiB, 7B. */
final class Amounts {
  private static final Pattern AMOUNT =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([KMGTB]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);

  private Amounts() {}

  /**
   * Reads one.
   *
   * @param option for messages
   * @param base what K stands for: 1000, where files are cut and things are counted, or 1024, for
   *     memory
   * @throws GatunException when it is none, or not above zero
   */
  static long parse(String option, String text, int base) {
    Matcher matcher = AMOUNT.matcher(text.strip());
    if (matcher.matches()) {
      double unit =
          switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> base;
            case "M" -> Math.pow(base, 2);
            case "G" -> Math.pow(base, 3);
            case "T" -> Math.pow(base, 4);
            // Billions where things are counted, bytes where they are measured.
            case "B" -> base == 1000 ? 1e9 : 1;
            default -> 1;
          };
      long amount = Math.round(Double.parseDouble(matcher.group(1)) * unit);
      if (amount > 0) {
        return amount;
      }
    }
    throw new GatunException(
        GatunException.Kind.USAGE, "%s is '%s', not an amount such as 8G".formatted(option, text));
  }
}
