package dev.gatun.runtime.spi;

import dev.gatun.graph.Graph;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One piece of hardware as one backend sees it. Thread-safe. Owned by the runtime that probed it,
 * which closes it after everything compiled for it.
 */
public interface Device extends AutoCloseable {
  DeviceInfo info();

  DeviceCapabilities capabilities();

  /** What of this graph the device would take, under these shapes, and why not the rest. Pure. */
  Assessment assess(Graph graph, List<ShapeProfile> profiles);

  /**
   * What it makes of weights of a format. By default by {@link DeviceCapabilities#weightFormats()}:
   * a device that rewrites weights for its vendor says how.
   */
  default WeightUse weightUse(DType format) {
    return WeightUse.of(format, capabilities().weightFormats());
  }

  /**
   * Compiles a slice that {@link #assess} accepted. The profiles share weights and state.
   *
   * @throws BackendException when the device fails, naming node and reason
   */
  Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options);

  /**
   * Bytes of its own memory that a plan can count on now: what is free, and what holds weights
   * already, which executables share. Empty where the device has no memory of its own or cannot
   * tell.
   */
  default OptionalLong usableBytes() {
    return OptionalLong.empty();
  }

  /**
   * What the device leaves open for a graph, in the order in which it is best tried; without what a
   * setting has decided. Empty where nothing is open.
   */
  default List<Tunable> tunables(Graph graph) {
    return List.of();
  }

  /**
   * Measures what the device can do at most: takes about a second, and is disturbed by whatever
   * else runs. Empty where the device has no way to measure it, or no memory left for it.
   */
  default Optional<Roofline> roofline() {
    return Optional.empty();
  }

  /**
   * The most bytes of the device's memory that were allocated at once through it; empty where it
   * works in the process's own memory, or cannot tell.
   */
  default OptionalLong peakBytes() {
    return OptionalLong.empty();
  }

  /**
   * Energy, clock and temperature of the device now; of a processor nothing, since the operating
   * system shows its own.
   */
  default DeviceCounters counters() {
    return DeviceCounters.none("the device's library does not tell");
  }

  /** Idempotent. */
  @Override
  void close();
}
