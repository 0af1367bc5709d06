package dev.gatun.runtime.install;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of libraries: numbers with points between, and perhaps a rest. */
final class Versions {
  private static final Pattern IN_NAME = Pattern.compile("\\d+(?:\\.\\d+)+");

  private Versions() {}

  /** Negative when {@code a} is older. Parts that are no numbers count as 0. */
  static int compare(String a, String b) {
    String[] left = a.split("[.+_-]", -1);
    String[] right = b.split("[.+_-]", -1);
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      int order = Long.compare(part(left, i), part(right, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static long part(String[] parts, int i) {
    return i < parts.length && parts[i].matches("\\d{1,18}") ? Long.parseLong(parts[i]) : 0;
  }

  /** The version in a library's file name: {@code libonnxruntime.so.1.29.0}. */
  static Optional<String> inName(String fileName) {
    Matcher version = IN_NAME.matcher(fileName);
    return version.find() ? Optional.of(version.group()) : Optional.empty();
  }
}
