package dev.gatun.runtime.spi;

import java.util.List;
import java.util.Optional;

/**
 * Entry point of a backend, found by {@link java.util.ServiceLoader}. Declare it in {@code
 * module-info} and in {@code META-INF/services}. Constructing a provider does nothing; everything
 * happens in {@link #probe}.
 */
public interface BackendProvider {
  /** The version of this interface that the runtime speaks. */
  int SPI_VERSION = 1;

  /** {@code vector}, {@code cpu}, {@code cuda}, … */
  String id();

  /** The version that this backend was written for. */
  default int spiVersion() {
    return SPI_VERSION;
  }

  /**
   * The test that decides whether this backend is able, whose finding is kept; empty for backends
   * in pure Java.
   */
  default Optional<SelfTest> selfTest() {
    return Optional.empty();
  }

  /**
   * Looks for devices, stage by stage. What is missing is a finding, not an exception; only our own
   * bugs throw.
   */
  Probe probe(ProbeContext context);

  /** Vendor libraries that this backend needs and that Gatun can install; empty for none. */
  List<RuntimeRequirement> runtimes();
}
