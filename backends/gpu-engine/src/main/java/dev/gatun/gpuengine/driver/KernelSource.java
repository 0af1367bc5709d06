package dev.gatun.gpuengine.driver;

/**
 * The text of a family of kernels, with its prelude and everything that it includes.
 *
 * @param family the name of its file in {@code native/gpu}, without the suffix
 */
public record KernelSource(String family, String text) {}
