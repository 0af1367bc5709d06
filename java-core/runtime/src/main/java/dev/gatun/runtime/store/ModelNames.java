package dev.gatun.runtime.store;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Names of models, and the names of the files that hold their manifests: lower-case letters, digits
 * and a few signs stand for themselves, every other byte of the UTF-8 text is escaped, so that
 * names stay apart on file systems that ignore case.
 */
final class ModelNames {
  private static final int LONGEST = 200;
  private static final String PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  private static final String SUFFIX = ".json";

  private ModelNames() {}

  /**
   * @throws StoreException when no model can be called so
   */
  static String checked(String name) {
    boolean bad =
        name.isBlank()
            || name.length() > LONGEST
            || !name.equals(name.strip())
            || name.chars().anyMatch(Character::isISOControl);
    if (bad) {
      throw new StoreException(
          "a model's name has 1 to %d characters, no control characters, and no white space at its ends"
              .formatted(LONGEST));
    }
    return name;
  }

  /** The file that holds the manifest of {@code name}; long names end with a digest. */
  static String fileName(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    var text = new StringBuilder();
    for (byte b : bytes) {
      char c = (char) (b & 0xFF);
      if (PLAIN.indexOf(c) >= 0 && !(text.isEmpty() && c == '.')) {
        text.append(c);
      } else {
        text.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    if (text.length() > LONGEST) {
      text.setLength(100);
      text.append('~').append(Digests.hex(Digests.sha256().digest(bytes)));
    }
    return text + SUFFIX;
  }
}
