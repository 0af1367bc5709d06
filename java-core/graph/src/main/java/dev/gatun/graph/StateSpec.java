package dev.gatun.graph;

import dev.gatun.tensor.DType;

/**
 * What a sequence keeps for one attention layer: keys and values of past positions. Logical: the
 * executable chooses the layout.
 *
 * @param kvHeads number of key-value heads
 * @param keyDim elements of one head's key
 * @param valueDim elements of one head's value; 0 when the value is the first {@code valueView}
 *     elements of the key (multi-head latent attention)
 * @param valueView with {@code valueDim} 0: how many elements of the key are the value; else 0
 * @param window positions a query sees, itself included; 0 for all. A backend may forget older ones
 * @param dtype preferred storage type: F32, F16 or Q8_0
 */
public record StateSpec(
    int kvHeads, int keyDim, int valueDim, int valueView, int window, DType dtype) {
  public StateSpec {
    if (kvHeads < 1 || keyDim < 1 || valueDim < 0 || window < 0) {
      throw new GraphException("bad state: " + kvHeads + " x " + keyDim + "/" + valueDim);
    }
    if (valueDim == 0 ? valueView < 1 || valueView > keyDim : valueView != 0) {
      throw new GraphException("bad value view: " + valueView + " of " + keyDim);
    }
  }

  /** Elements of one head's value, whether stored or a view of the key. */
  public int effectiveValueDim() {
    return valueDim == 0 ? valueView : valueDim;
  }

  /** Bytes that one position takes in the preferred storage type. */
  public long bytesPerPosition() {
    return (long) kvHeads * (dtype.byteSize(roundUp(keyDim)) + dtype.byteSize(roundUp(valueDim)));
  }

  private long roundUp(int elements) {
    long block = dtype.blockElements();
    return (elements + block - 1) / block * block;
  }
}
