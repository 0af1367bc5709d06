package dev.gatun.quantize.validate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A short English text to validate on, where no other is given: 17 kB of our own, on many subjects.
 * Enough to see that something is wrong; figures to be published need a longer one.
 */
public final class StandardText {
  private StandardText() {}

  /** The whole text. */
  public static String read() {
    try (InputStream in = StandardText.class.getResourceAsStream("text.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the resource text.txt of this module is damaged", e);
    }
  }

  /** Its sentences, some 200. */
  public static List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    for (String paragraph : read().split("\n+", -1)) {
      for (String sentence : paragraph.split("(?<=[.?!]\"?) (?=[A-Z\"])", -1)) {
        if (sentence.length() > 20) {
          sentences.add(sentence);
        }
      }
    }
    return sentences;
  }
}
