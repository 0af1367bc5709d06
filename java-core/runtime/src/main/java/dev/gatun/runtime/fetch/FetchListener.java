package dev.gatun.runtime.fetch;

/** Hears how a fetch goes. Called on the thread that fetches. */
public interface FetchListener {
  /** Something that a person may want to read: a retry, a fresh start. */
  void message(String text);

  /**
   * More has arrived.
   *
   * @param done bytes that have arrived
   * @param total bytes of the whole file; negative when unknown
   */
  void progress(long done, long total);
}
