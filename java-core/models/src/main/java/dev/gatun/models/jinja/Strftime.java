package dev.gatun.models.jinja;

import java.time.LocalDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime} of the C library in its standard locale, with glibc's {@code -} flag. */
final class Strftime {
  private Strftime() {}

  static String format(String format, LocalDateTime time, Budget budget) {
    budget.chars(format.length() * 16L);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      c = format.charAt(++i);
      boolean plain = c == '-' && i + 1 < format.length();
      if (plain) {
        c = format.charAt(++i);
      }
      field(c, plain, time, out);
    }
    return out.toString();
  }

  private static void field(char c, boolean plain, LocalDateTime t, StringBuilder out) {
    switch (c) {
      case 'Y' -> out.append(t.getYear());
      case 'C' -> number(t.getYear() / 100, 2, plain, '0', out);
      case 'y' -> number(t.getYear() % 100, 2, plain, '0', out);
      case 'm' -> number(t.getMonthValue(), 2, plain, '0', out);
      case 'd' -> number(t.getDayOfMonth(), 2, plain, '0', out);
      case 'e' -> number(t.getDayOfMonth(), 2, plain, ' ', out);
      case 'H' -> number(t.getHour(), 2, plain, '0', out);
      case 'k' -> number(t.getHour(), 2, plain, ' ', out);
      case 'I' -> number(hour12(t), 2, plain, '0', out);
      case 'l' -> number(hour12(t), 2, plain, ' ', out);
      case 'M' -> number(t.getMinute(), 2, plain, '0', out);
      case 'S' -> number(t.getSecond(), 2, plain, '0', out);
      case 'f' -> number(t.getNano() / 1000, 6, plain, '0', out);
      case 'j' -> number(t.getDayOfYear(), 3, plain, '0', out);
      case 'u' -> out.append(t.getDayOfWeek().getValue());
      case 'w' -> out.append(t.getDayOfWeek().getValue() % 7);
      case 'U' -> number((t.getDayOfYear() + 6 - sunday(t)) / 7, 2, plain, '0', out);
      case 'W' -> number((t.getDayOfYear() + 6 - monday(t)) / 7, 2, plain, '0', out);
      case 'V' -> number(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, plain, '0', out);
      case 'G' -> out.append(t.get(IsoFields.WEEK_BASED_YEAR));
      case 'B' -> out.append(name(t.getMonth()));
      case 'b', 'h' -> out.append(name(t.getMonth()), 0, 3);
      case 'A' -> out.append(name(t.getDayOfWeek()));
      case 'a' -> out.append(name(t.getDayOfWeek()), 0, 3);
      case 'p' -> out.append(t.getHour() < 12 ? "AM" : "PM");
      case 'P' -> out.append(t.getHour() < 12 ? "am" : "pm");
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case '%' -> out.append('%');
      case 'z', 'Z' -> {
        // Python's local "now" carries no zone and prints none.
      }
      case 's' ->
          throw JinjaException.runtime("%s (seconds since 1970) is not supported in strftime_now");
      default -> {
        String compound = compound(c);
        if (compound == null) {
          throw JinjaException.runtime("%" + c + " is not supported in strftime_now");
        }
        for (int i = 0; i < compound.length(); i++) {
          if (compound.charAt(i) == '%') {
            field(compound.charAt(++i), false, t, out);
          } else {
            out.append(compound.charAt(i));
          }
        }
      }
    }
  }

  private static String compound(char c) {
    return switch (c) {
      case 'F' -> "%Y-%m-%d";
      case 'T', 'X' -> "%H:%M:%S";
      case 'R' -> "%H:%M";
      case 'D', 'x' -> "%m/%d/%y";
      case 'r' -> "%I:%M:%S %p";
      case 'c' -> "%a %b %e %H:%M:%S %Y";
      default -> null;
    };
  }

  private static int hour12(LocalDateTime t) {
    return (t.getHour() + 11) % 12 + 1;
  }

  /** Days since Sunday. */
  private static int sunday(LocalDateTime t) {
    return t.getDayOfWeek().getValue() % 7;
  }

  /** Days since Monday. */
  private static int monday(LocalDateTime t) {
    return t.getDayOfWeek().getValue() - 1;
  }

  /** The English name, which is the enum constant's. */
  private static String name(Enum<?> monthOrDay) {
    return monthOrDay.name().charAt(0) + monthOrDay.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static void number(int value, int width, boolean plain, char pad, StringBuilder out) {
    String digits = Integer.toString(value);
    if (!plain) {
      out.repeat(pad, Math.max(0, width - digits.length()));
    }
    out.append(digits);
  }
}
