package dev.gatun.runtime.store;

import java.util.List;

/** Hears how a pull goes, and may refuse what arrived. Called on the thread that pulls. */
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

  /**
   * All files of the model are on this machine and complete, and not stored yet. What this throws
   * ends the pull and the files are not kept: the place to check that they are a model.
   *
   * @param files in order
   */
  default void arrived(List<ArrivedFile> files) {}
}
