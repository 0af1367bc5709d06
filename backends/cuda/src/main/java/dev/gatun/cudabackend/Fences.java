package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaEvent;
import dev.gatun.cuda.CudaStream;
import dev.gatun.gpuengine.driver.GpuFence;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The fences of a stream. Each has an event until it, or a later one, has passed; the event then
 * serves the next fence. Thread-safe: another thread may wait than the one that works.
 */
final class Fences implements AutoCloseable {
  private final CudaContext context;
  private final CudaStream stream;
  private final Failures failures;
  private final Deque<Fence> waiting = new ArrayDeque<>();
  private final Deque<CudaEvent> free = new ArrayDeque<>();

  Fences(CudaContext context, CudaStream stream, Failures failures) {
    this.context = context;
    this.stream = stream;
    this.failures = failures;
  }

  /** A fence behind all that is in the stream now. */
  synchronized GpuFence add() {
    return failures.during(() -> {
      CudaEvent event = free.isEmpty() ? context.newEvent(false) : free.pop();
      stream.record(event);
      Fence fence = new Fence(event);
      waiting.add(fence);
      return fence;
    });
  }

  private final class Fence implements GpuFence {
    /** Null once the fence has passed. */
    private CudaEvent event;

    Fence(CudaEvent event) {
      this.event = event;
    }

    @Override
    public void await() {
      synchronized (Fences.this) {
        if (event != null) {
          failures.run(event::synchronize);
          passed(this);
        }
      }
    }

    @Override
    public boolean isDone() {
      synchronized (Fences.this) {
        if (event != null && failures.during(event::isDone)) {
          passed(this);
        }
        return event == null;
      }
    }
  }

  /** A stream runs in order: earlier fences have passed, too. */
  private void passed(Fence last) {
    Fence fence;
    do {
      fence = waiting.remove();
      free.push(fence.event);
      fence.event = null;
    } while (fence != last);
  }

  /** The stream's work has ended. */
  @Override
  public synchronized void close() {
    while (!waiting.isEmpty()) {
      passed(waiting.peekLast());
    }
    free.forEach(CudaEvent::close);
    free.clear();
  }
}
