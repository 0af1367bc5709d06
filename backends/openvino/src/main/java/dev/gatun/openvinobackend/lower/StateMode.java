package dev.gatun.openvinobackend.lower;

/** Where keys and values of past positions are kept. */
public enum StateMode {
  /** In the infer request: the compiler fuses their update; they cannot be reached from outside. */
  REQUEST("request"),
  /** In tensors of the session, which are inputs; what is new comes out. */
  TENSORS("tensors");

  private final String id;

  StateMode(String id) {
    this.id = id;
  }

  /** As settings spell it. */
  public String id() {
    return id;
  }
}
