package dev.gatun.cli.command;

/**
 * How much two devices' results differ.
 *
 * @param value the largest difference
 * @param tolerance largest that counts as the same result
 * @param same whether what is no number is the same: texts, labels, how many there are
 * @param what is measured, for people
 */
record Difference(double value, double tolerance, boolean same, String what) {
  boolean agrees() {
    return same && value <= tolerance;
  }
}
