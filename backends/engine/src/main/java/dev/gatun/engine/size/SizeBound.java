package dev.gatun.engine.size;

/** The largest size that an extent takes in a session. */
@FunctionalInterface
public interface SizeBound {
  int of(Extent extent);

  /** Most sequences of a session. */
  default int sequences() {
    return 1;
  }
}
