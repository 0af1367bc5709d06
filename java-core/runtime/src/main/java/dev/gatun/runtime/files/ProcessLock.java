package dev.gatun.runtime.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Excludes other threads and processes, by a lock on a file that stays. The system frees it when
 * the process dies.
 *
 * <p>POSIX locks belong to the process, and closing any channel of the file drops them: a second
 * thread must not even open the file. Hence the one static registry of this module.
 */
public final class ProcessLock implements AutoCloseable {
  private static final long POLL_MILLIS = 50;
  private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;
  private boolean closed;

  private ProcessLock(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param onWait called once when somebody else has it
   */
  public static ProcessLock acquire(Path file, Runnable onWait)
      throws IOException, InterruptedException {
    Optional<ProcessLock> lock = tryAcquire(file);
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
  public static Optional<ProcessLock> tryAcquire(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Path key = file.getParent().toRealPath().resolve(file.getFileName());
    if (!HELD_BY_THIS_PROCESS.add(key)) {
      return Optional.empty();
    }
    Optional<ProcessLock> lock = Optional.empty();
    try {
      lock = lock(key);
      return lock;
    } finally {
      if (lock.isEmpty()) {
        HELD_BY_THIS_PROCESS.remove(key);
      }
    }
  }

  private static Optional<ProcessLock> lock(Path key) throws IOException {
    FileChannel channel =
        FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
      return locked ? Optional.of(new ProcessLock(key, channel)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      // A copy of this class under another class loader has it.
      return Optional.empty();
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  /** Idempotent. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        channel.close();
      } finally {
        HELD_BY_THIS_PROCESS.remove(key);
      }
    }
  }
}
