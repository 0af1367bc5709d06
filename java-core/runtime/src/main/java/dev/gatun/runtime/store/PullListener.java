package dev.gatun.runtime.store;

/** Hears how a pull goes. Called on the thread that pulls, often. */
public interface PullListener {
  /** Hears nothing. */
  PullListener NONE =
      new PullListener() {
        @Override
        public void message(String text) {}

        @Override
        public void progress(PullProgress progress) {}
      };

  /** A line for people: which origin is tried, why one failed, a retry, a wait. */
  void message(String text);

  /** More of a file has arrived. */
  void progress(PullProgress progress);
}
