package dev.gatun.graph.op;

/** Keys and values of all sequences of one state during reference execution. */
public interface ReferenceState {
  /**
   * Stores one position of a sequence, replacing what was there.
   *
   * @param key kvHeads * keyDim values
   * @param value kvHeads * valueDim values; empty when the value is a view of the key
   */
  void put(int sequence, int position, double[] key, double[] value);

  /** Key at a position, or null when nothing is stored there. */
  double[] key(int sequence, int position);

  /** Value at a position, or null when nothing is stored there. */
  double[] value(int sequence, int position);
}
