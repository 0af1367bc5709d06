package dev.gatun.runtime.spi;

/** The end of an asynchronous operation of a device. */
public interface Fence {
  /** A fence that has passed. */
  Fence DONE =
      new Fence() {
        @Override
        public void await() {}

        @Override
        public boolean isDone() {
          return true;
        }
      };

  /**
   * Waits for the operation.
   *
   * @throws BackendException when it failed
   */
  void await();

  boolean isDone();
}
