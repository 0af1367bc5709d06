package dev.gatun.openvinobackend.lower;

/**
 * The order in which the rows of a constant are stored.
 *
 * <p>Heads whose elements turn in neighbouring pairs are stored with the first of all pairs before
 * the second ones, so that they turn as halves.
 *
 * @param head rows of one head; 0 for rows as they are
 * @param offset first row of a head that is moved
 * @param rotary rows of a head that are moved, even
 */
record Rows(int head, int offset, int rotary) {
  static final Rows PLAIN = new Rows(0, 0, 0);

  boolean isPlain() {
    return head == 0;
  }

  /** Distinguishes orders of one constant. */
  String key() {
    return isPlain() ? "" : "|" + head + "," + offset + "," + rotary;
  }

  /** The row that is stored as row {@code row}. */
  long source(long row) {
    if (isPlain()) {
      return row;
    }
    long at = row % head - offset;
    if (at < 0 || at >= rotary) {
      return row;
    }
    long half = rotary / 2;
    return row - at + (at < half ? 2 * at : 2 * (at - half) + 1);
  }
}
