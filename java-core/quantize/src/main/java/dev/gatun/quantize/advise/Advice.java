package dev.gatun.quantize.advise;

import java.util.List;
import java.util.Optional;

/**
 * What to do, and why.
 *
 * @param chosen the type; empty when none fits the memory
 * @param considered all types, from the best to the smallest, each with what became of it
 * @param reasons why it is this one
 * @param commands what to type, in order
 */
public record Advice(
    Optional<Measured> chosen,
    List<Considered> considered,
    List<String> reasons,
    List<String> commands) {
  public Advice {
    considered = List.copyOf(considered);
    reasons = List.copyOf(reasons);
    commands = List.copyOf(commands);
  }

  /**
   * One type.
   *
   * @param type what it costs in quality
   * @param bytes of weights
   * @param fits whether weights and context fit the memory
   * @param verdict why it was or was not taken
   */
  public record Considered(Measured type, long bytes, boolean fits, String verdict) {}
}
