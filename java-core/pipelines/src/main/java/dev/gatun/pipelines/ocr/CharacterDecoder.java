package dev.gatun.pipelines.ocr;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Text from a recognizer's probabilities: connectionist temporal classification, greedily. The most
 * probable class of each step is taken; of the same class in a row one stays; class 0 separates.
 * Immutable.
 */
final class CharacterDecoder {
  private static final long MAX_BYTES = 4L << 20;

  private final List<String> characters;

  private CharacterDecoder(List<String> characters) {
    this.characters = List.copyOf(characters);
  }

  /**
   * Reads a dictionary: a character per line, for the classes from 1 on; the class after the last
   * one is the blank.
   *
   * @throws GatunException of kind MODEL when it cannot be read
   */
  static CharacterDecoder read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("more than " + MAX_BYTES + " bytes");
      }
      List<String> characters = new ArrayList<>();
      characters.add("");
      characters.addAll(Files.readString(file, StandardCharsets.UTF_8).lines().toList());
      characters.add(" ");
      return new CharacterDecoder(characters);
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "the dictionary %s cannot be read (%s); it holds a character per line"
              .formatted(file, GatunException.reason(e)),
          e);
    }
  }

  /** Number of classes that a network must have. */
  int classes() {
    return characters.size();
  }

  /** Text and the mean probability of its characters, 0 for no text. */
  record Decoded(String text, double score) {}

  /**
   * Decodes.
   *
   * @param probabilities F32 [1, steps, classes]
   */
  Decoded decode(Tensor probabilities) {
    float[] row = new float[characters.size()];
    var text = new StringBuilder();
    double sum = 0;
    int count = 0;
    int last = 0;
    for (long step = 0; step < probabilities.rows(); step++) {
      probabilities.decodeRow(step, row, 0);
      int best = largest(row);
      if (best != 0 && best != last) {
        text.append(characters.get(best));
        sum += row[best];
        count++;
      }
      last = best;
    }
    return new Decoded(text.toString(), count == 0 ? 0 : sum / count);
  }

  /** The first index of the largest value; the value is kept at hand, not looked up each time. */
  private static int largest(float... values) {
    int best = 0;
    float most = values[0];
    for (int i = 1; i < values.length; i++) {
      if (values[i] > most) {
        most = values[i];
        best = i;
      }
    }
    return best;
  }
}
