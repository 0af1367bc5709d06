package dev.gatun.runtime.spi;

import java.util.List;

/**
 * One slice compiled for one device and a few shape profiles. Immutable, thread-safe, shared by
 * sessions; owns its native handles and packed weights.
 */
public interface Executable extends AutoCloseable {
  /** What its sessions can do with sequences. */
  StateCapabilities state();

  /** Bytes that a session's state takes for this many positions; 0 when it has none. */
  long stateBytes(int positions);

  /** Bytes of weights that this executable holds beside the mapped file. */
  long weightBytes();

  /**
   * Opens a session.
   *
   * @throws BackendException when the options exceed what {@link #state()} says or memory is short
   */
  ExecutableSession newSession(SessionOptions options);

  /** Where each node really runs: the vendor's own report wherever it has one. */
  List<NodePlacement> placement();

  /**
   * Nodes that run elsewhere than on the device, by the vendor's own report: an error when the
   * device is required, shown otherwise. Empty when all landed where the plan said.
   */
  default List<NodePlacement> strayed() {
    return List.of();
  }

  /** Closes it once its last session is closed. Idempotent. */
  @Override
  void close();

  /**
   * One node of the slice.
   *
   * @param node the node's name
   * @param unit what runs it, in the device's words: a kernel's name, a vendor's provider
   */
  record NodePlacement(String node, String unit) {}
}
