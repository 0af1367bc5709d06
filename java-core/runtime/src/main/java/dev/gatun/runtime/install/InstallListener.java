package dev.gatun.runtime.install;

import dev.gatun.runtime.spi.RuntimeRequirement;

/** Hears how an installation goes, and answers for the user. Called on the installing thread. */
public interface InstallListener {
  /** A line for people. */
  void message(String text);

  /**
   * More of an archive has arrived.
   *
   * @param archive its package, for people
   * @param done bytes that have arrived
   * @param total bytes of the whole; negative when unknown
   */
  void progress(String archive, long done, long total);

  /**
   * Shows a licence that must be accepted, and asks.
   *
   * @return whether the user accepts it; otherwise nothing is fetched
   */
  boolean accepts(RuntimeRequirement requirement);
}
