package dev.gatun.cpuengine.team;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed set of threads that run one job together: the thread that calls {@link #run} is worker 0.
 * Jobs of several callers take turns.
 *
 * <p>A job can go through stages, each a number of pieces that workers {@link #claim} one by one;
 * whoever finishes a stage's last piece opens the next. Nobody waits for a worker that holds no
 * piece: one whose core was taken by another program does not stop the others.
 *
 * <p>Waiting is a short spin, then yielding, then parking: a stage costs well below a microsecond
 * when every worker has a core of its own, and no core is burnt for long. Running a job allocates
 * nothing.
 *
 * <p>Thread-safe. {@link #close} is idempotent; it waits for a job that is running.
 */
public final class WorkerTeam implements AutoCloseable {
  /** What all workers run. */
  @FunctionalInterface
  public interface Job {
    /**
     * Does one worker's part.
     *
     * @param worker from 0 to the team's size, exclusive
     */
    void run(int worker);
  }

  /** Longs between cells, so that no two share a pair of cache lines. */
  private static final int PAD = 16;

  /** The open stage in the upper half, its next piece in the lower. */
  private static final int STAGE = PAD;

  /** Finished pieces of the open stage. */
  private static final int PIECES = 2 * PAD;

  private static final int STARTED = 3 * PAD;
  private static final int FINISHED = 4 * PAD;
  private static final int SLEEPERS = 5 * PAD;
  private static final int CELLS = 6 * PAD;
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Spins between two looks at the clock. */
  private static final int SPINS = 1_000;

  private static final long SPIN_NANOS = 100_000;
  private static final long YIELD_NANOS = 500_000;

  private final int threads;
  private final long[] cells;
  private final Thread[] sleeping;
  private final Thread[] workers;
  private final ReentrantLock turn = new ReentrantLock();
  private Job job;
  private volatile Throwable failure;
  private volatile boolean closed;

  /**
   * Starts {@code threads - 1} daemon threads.
   *
   * @param threads workers, the calling thread included
   */
  public WorkerTeam(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team of " + threads);
    }
    this.threads = threads;
    cells = new long[CELLS];
    sleeping = new Thread[threads];
    workers = new Thread[threads];
    for (int i = 1; i < threads; i++) {
      int worker = i;
      workers[i] =
          Thread.ofPlatform().daemon().name("gatun-worker-" + i).unstarted(() -> serve(worker));
    }
    for (int i = 1; i < threads; i++) {
      workers[i].start();
    }
  }

  /** Number of workers, the calling thread included. */
  public int threads() {
    return threads;
  }

  /** The threads that the team started, for measurements. */
  public Thread[] startedThreads() {
    return java.util.Arrays.copyOfRange(workers, 1, threads);
  }

  /**
   * Runs a job on all workers and returns when all have returned.
   *
   * @throws RuntimeException or Error, whichever a worker threw first; the others then leave at the
   *     end of their {@linkplain #await(int, int) stage}
   * @throws IllegalStateException when the team is closed
   */
  public void run(Job work) {
    turn.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the worker team is closed");
      }
      runAlone(work);
    } finally {
      turn.unlock();
    }
  }

  private void runAlone(Job work) {
    failure = null;
    job = work;
    CELL.setOpaque(cells, STAGE, 0L);
    CELL.setOpaque(cells, PIECES, 0L);
    CELL.setOpaque(cells, FINISHED, 0L);
    publish(STARTED, cells[STARTED] + 1);
    runAs(0, work);
    await(0, FINISHED, threads - 1L);
    job = null;
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void runAs(int worker, Job work) {
    try {
      work.run(worker);
    } catch (Throwable e) {
      fail(e);
    }
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    publish(STAGE, Long.MAX_VALUE);
  }

  /**
   * Takes a piece of a stage; {@link #finish} must follow.
   *
   * @param stage counted from 0 in each job
   * @param pieces of the stage, at least one; the same for all workers
   * @return the piece's number; -1 when none is left
   */
  public int claim(int stage, int pieces) {
    while (true) {
      long open = (long) CELL.getAcquire(cells, STAGE);
      int piece = (int) open;
      if (open >>> 32 != stage || piece >= pieces) {
        return -1;
      }
      if (CELL.compareAndSet(cells, STAGE, open, open + 1)) {
        return piece;
      }
    }
  }

  /** Reports a claimed piece as done; the last one opens the next stage. */
  public void finish(int stage, int pieces) {
    if ((long) CELL.getAndAdd(cells, PIECES, 1L) + 1 == pieces) {
      CELL.setOpaque(cells, PIECES, 0L);
      publish(STAGE, (stage + 1L) << 32);
    }
  }

  /**
   * Waits until all pieces of a stage are done.
   *
   * @return false when a worker has failed: the job must return at once
   */
  public boolean await(int worker, int stage) {
    await(worker, STAGE, (stage + 1L) << 32);
    return failure == null;
  }

  private void publish(int cell, long value) {
    CELL.setVolatile(cells, cell, value);
    wake();
  }

  private void wake() {
    if ((long) CELL.getVolatile(cells, SLEEPERS) != 0) {
      for (Thread thread : sleeping) {
        LockSupport.unpark(thread);
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // Yielding is a hint here; parking follows.
  private void await(int worker, int cell, long value) {
    long start = System.nanoTime();
    do {
      for (int i = 0; i < SPINS; i++) {
        if ((long) CELL.getAcquire(cells, cell) >= value) {
          return;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - start < SPIN_NANOS);
    while (System.nanoTime() - start < YIELD_NANOS) {
      if ((long) CELL.getAcquire(cells, cell) >= value) {
        return;
      }
      Thread.yield();
    }
    sleep(worker, cell, value);
  }

  private void sleep(int worker, int cell, long value) {
    sleeping[worker] = Thread.currentThread();
    CELL.getAndAdd(cells, SLEEPERS, 1L);
    while ((long) CELL.getVolatile(cells, cell) < value) {
      LockSupport.park(this);
    }
    CELL.getAndAdd(cells, SLEEPERS, -1L);
  }

  private void serve(int worker) {
    for (long generation = 1; ; generation++) {
      await(worker, STARTED, generation);
      if (closed) {
        return;
      }
      runAs(worker, job);
      CELL.getAndAdd(cells, FINISHED, 1L);
      wake();
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      publish(STARTED, cells[STARTED] + 1);
      for (int i = 1; i < threads; i++) {
        join(workers[i]);
      }
    } finally {
      turn.unlock();
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
