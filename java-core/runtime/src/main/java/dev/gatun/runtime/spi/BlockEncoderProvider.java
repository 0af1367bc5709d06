package dev.gatun.runtime.spi;

import dev.gatun.runtime.Settings;

/**
 * Entry point of a backend's encoders of blocks, found by {@link java.util.ServiceLoader}. Declare
 * it in {@code module-info} and in {@code META-INF/services}. Constructing a provider does nothing.
 */
public interface BlockEncoderProvider {
  /** The backend's id, such as {@code cpu}. */
  String id();

  /**
   * The encoders for this machine.
   *
   * @throws BackendException when there are none here; the message says why and what to do
   */
  BlockEncoder open(Settings settings);
}
