package dev.gatun.runtime.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Excludes other threads and processes, by a lock on a file that stays. The system frees it when
 * the process dies.
 */
final class StoreLock implements AutoCloseable {
  private static final long POLL_MILLIS = 50;

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param onWait called once when somebody else has it
   */
  static StoreLock acquire(Path file, Runnable onWait) throws IOException, InterruptedException {
    Optional<StoreLock> lock = tryAcquire(file);
    if (lock.isEmpty()) {
      onWait.run();
    }
    while (lock.isEmpty()) {
      Thread.sleep(POLL_MILLIS);
      lock = tryAcquire(file);
    }
    return lock.get();
  }

  /** The lock, unless somebody else has it. */
  static Optional<StoreLock> tryAcquire(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      locked = lock != null;
      return locked ? Optional.of(new StoreLock(channel)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      // Another thread of this very process has it.
      return Optional.empty();
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
