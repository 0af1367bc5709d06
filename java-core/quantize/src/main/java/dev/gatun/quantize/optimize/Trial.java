package dev.gatun.quantize.optimize;

import java.nio.file.Path;

/**
 * An artifact that was made and measured.
 *
 * @param artifact the file
 * @param cached whether it had been measured before
 */
public record Trial(Recipe recipe, Path artifact, Measurement measured, boolean cached) {}
