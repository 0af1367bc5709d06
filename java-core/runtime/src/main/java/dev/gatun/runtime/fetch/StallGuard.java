package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A response's body that ends with an error when no byte comes for too long. */
final class StallGuard implements AutoCloseable {
  private final InputStream body;
  private final Duration longest;
  private final Thread watch;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream body, Duration longest) {
    this.body = body;
    this.longest = longest;
    watch = Thread.ofVirtual().name("gatun-download-watch").start(this::watch);
  }

  int read(byte[] buffer) throws IOException {
    try {
      int count = body.read(buffer);
      lastNanos = System.nanoTime();
      return count;
    } catch (IOException e) {
      if (stalled) {
        throw new FetchException("nothing arrived for " + longest.toSeconds() + " s", e);
      }
      throw e;
    }
  }

  private void watch() {
    try {
      while (!stalled) {
        long left = longest.toNanos() - (System.nanoTime() - lastNanos);
        if (left <= 0) {
          stalled = true;
          body.close();
        } else {
          Thread.sleep(Duration.ofNanos(left));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      System.getLogger(StallGuard.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a stalled download", e);
    }
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    body.close();
  }
}
