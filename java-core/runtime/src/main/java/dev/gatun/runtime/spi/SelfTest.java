package dev.gatun.runtime.spi;

/**
 * The ABLE stage of a backend that loads native code. The runtime runs {@link #run} in a child JVM
 * the first time, where it {@link #mayCrash}, so that a crashing driver cannot take the application
 * down, and keeps its finding as long as {@link #digest} stays the same; {@link
 * BackendProvider#probe} is called only after a good one.
 */
public interface SelfTest {
  /** The PRESENT stage: a cheap look that loads nothing. */
  Finding present(ProbeContext context);

  /**
   * Identity of everything that {@link #run} exercises: driver version, digests or sizes and times
   * of the library files. Asked for only when present; loads nothing.
   */
  String digest(ProbeContext context);

  /**
   * Whether {@link #run} may end the process. If not, it is run in this one, and only its good
   * finding is kept.
   */
  default boolean mayCrash() {
    return true;
  }

  /**
   * Loads the library, opens the device, computes something small and compares it. Called in the
   * child JVM, on its main thread, if it {@link #mayCrash}. A {@link LinkageError} or {@link
   * BackendException} counts as a bad finding, and so does the child's death.
   */
  Finding run(ProbeContext context);
}
