package dev.gatun.runtime.spi;

/**
 * The largest numbers of a row, and where in it they are: larger ones first, of equal ones the one
 * at the lower index; NaN comes before all numbers. Made once and filled again and again. Belongs
 * to one thread at a time.
 */
public final class Largest {
  private final float[] values;
  private final int[] indices;
  private int size;

  /**
   * @param capacity how many are looked for, at least 1
   */
  public Largest(int capacity) {
    values = new float[capacity];
    indices = new int[capacity];
  }

  /** How many are looked for. */
  public int capacity() {
    return values.length;
  }

  /** How many there are: fewer than looked for where the row is shorter. */
  public int size() {
    return size;
  }

  /** The numbers; the first {@link #size} count. The array is this object's own. */
  public float[] values() {
    return values;
  }

  /** Where the numbers are; the first {@link #size} count. The array is this object's own. */
  public int[] indices() {
    return indices;
  }

  /** Empties it. */
  public void clear() {
    size = 0;
  }

  /** Adds the next one. */
  public void add(float value, int index) {
    values[size] = value;
    indices[size++] = index;
  }
}
