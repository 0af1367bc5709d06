package dev.gatun.quantize.validate;

/**
 * Whether one figure is within its limit.
 *
 * @param name of the figure, as {@link Limits} has it
 * @param what the figure is, for people
 * @param measured its value
 * @param limit what it may be at most, or must be at least
 * @param most whether the limit is an upper one
 */
public record Verdict(String name, String what, double measured, double limit, boolean most) {
  /** Whether it is kept; a figure that is no number never is. */
  public boolean passed() {
    return most ? measured <= limit : measured >= limit;
  }
}
