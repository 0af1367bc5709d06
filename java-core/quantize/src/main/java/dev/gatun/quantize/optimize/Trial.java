package dev.gatun.quantize.optimize;

import java.nio.file.Path;

/**
 * An artifact that was made and measured.
 *
 * @param artifact the file
 * @param discrepancy of its weights
 * @param cached whether it had been measured before
 */
public record Trial<R extends Recipe>(
    R recipe, Path artifact, Discrepancy discrepancy, Measurement measured, boolean cached) {}
