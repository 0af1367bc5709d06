package dev.gatun.runtime.tune;

import java.util.List;

/**
 * What a tuning measured, for people and for JSON: plain records.
 *
 * @param device the device's id
 * @param task what was timed
 * @param rounds how often
 * @param criterion when a value is preferred to the standard
 * @param tunables in the order in which they were tried, each with the choices before it in force
 * @param tuning what is kept
 */
public record TuningReport(
    String device,
    String task,
    int rounds,
    String criterion,
    List<TunableLine> tunables,
    Tuning tuning) {
  public TuningReport {
    tunables = List.copyOf(tunables);
  }

  /** One choice. */
  public record TunableLine(
      String name, String meaning, String standard, String chosen, List<ValueLine> values) {
    public TunableLine {
      values = List.copyOf(values);
    }
  }

  /**
   * One value of a choice.
   *
   * @param milliseconds median time of the task; 0 when it did not run
   * @param ratio median ratio of the standard's time to its own
   * @param spread of that ratio over the rounds
   * @param note why it cannot be chosen, or how far its results are off; empty for nothing to say
   */
  public record ValueLine(
      String value, double milliseconds, double ratio, double spread, String note) {}
}
