package dev.gatun.graph;

/**
 * Work of one execution of a node or of several.
 *
 * @param flops floating-point operations; a multiply-add counts two
 * @param weightBytes bytes of constants read, in their stored format
 * @param activationBytes bytes of other values and state read and written
 */
public record Cost(double flops, double weightBytes, double activationBytes) {
  public static final Cost NONE = new Cost(0, 0, 0);

  public Cost plus(Cost other) {
    return new Cost(
        flops + other.flops,
        weightBytes + other.weightBytes,
        activationBytes + other.activationBytes);
  }

  /** This work {@code count} times. */
  public Cost times(double count) {
    return new Cost(flops * count, weightBytes * count, activationBytes * count);
  }

  public double bytes() {
    return weightBytes + activationBytes;
  }
}
