package dev.gatun.runtime.spi;

/**
 * A vendor's library set that a backend needs.
 *
 * @param name the runtime's name: {@code onnxruntime}, {@code openvino}, …
 * @param version the pinned version
 * @param origin which client installs it, and the package's name there
 */
public record RuntimeRequirement(String name, String version, Origin origin, String licence) {
  /** A package in a registry that a machine's own client reaches. */
  public record Origin(String client, String artifact) {}
}
