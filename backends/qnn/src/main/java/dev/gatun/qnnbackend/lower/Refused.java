package dev.gatun.qnnbackend.lower;

/** Thrown inside a lowering by a node that is not taken; {@link Acceptance} catches it. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refused(String reason) {
    super(reason, null, false, false);
  }
}
