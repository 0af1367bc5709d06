package dev.gatun.models.jinja;

/** What is left of the {@link Limits} of one rendering. Confined to the rendering thread. */
final class Budget {
  private final Limits limits;
  private long steps;
  private long chars;
  private int depth;

  Budget(Limits limits) {
    this.limits = limits;
    this.steps = limits.steps();
    this.chars = limits.chars();
  }

  void step() {
    if (--steps < 0) {
      throw outOfSteps();
    }
  }

  /** Charges {@code n} elements at once, before they are made. */
  void steps(long n) {
    if (n > steps) {
      throw outOfSteps();
    }
    steps -= n;
  }

  /** Charges text before it is made. */
  void chars(long n) {
    if (n > chars) {
      throw JinjaException.limit(
          "the template produced more than " + limits.chars() + " characters of text");
    }
    chars -= n;
  }

  /** Charges going through text, of which the machine does many characters per step. */
  void scan(long length) {
    steps(length / 64);
  }

  /** Charges a search whose time may grow with the product of both lengths. */
  void search(long text, long part) {
    steps((text / 64 + 1) * (part / 32 + 1));
  }

  void enter() {
    if (++depth > limits.depth()) {
      throw JinjaException.limit(
          "the template or its values are nested more than " + limits.depth() + " levels deep");
    }
  }

  void leave() {
    depth--;
  }

  private JinjaException outOfSteps() {
    return JinjaException.limit("the template needed more than " + limits.steps() + " steps");
  }
}
