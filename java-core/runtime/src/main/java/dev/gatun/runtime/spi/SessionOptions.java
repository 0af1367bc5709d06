package dev.gatun.runtime.spi;

/**
 * What a session must be able to hold.
 *
 * @param sequences sequences open at once, at least 1
 * @param positions positions of all sequences together
 * @param batch most tokens of one submission
 * @param rows most rows wanted of one submission
 */
public record SessionOptions(int sequences, int positions, int batch, int rows) {
  public SessionOptions {
    if (sequences < 1 || positions < 1 || batch < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "sequences %d, positions %d, batch %d, rows %d must be at least 1"
              .formatted(sequences, positions, batch, rows));
    }
  }
}
