package dev.gatun.gpuengine.compile;

/**
 * What a program's kernels may do to numbers for the sake of speed.
 *
 * @param halves whether products of many rows with stored weights round both to half precision, for
 *     a device's matrix units; sums are single precision
 * @param deterministic whether a row's results must be the same bits whatever else is submitted:
 *     then one kernel does all numbers of rows
 */
public record Arithmetic(boolean halves, boolean deterministic) {
  /** Single precision throughout. */
  public static final Arithmetic SINGLE = new Arithmetic(false, false);
}
