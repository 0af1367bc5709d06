package dev.gatun.cpuengine.state;

import dev.gatun.engine.state.PageMemory;
import dev.gatun.os.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Pages in memory of the host. It is taken for several pages at a time, for ever more of them, so
 * that a long cache lies in huge pages and a short one stays small. Not thread-safe.
 */
public final class HostPages implements PageMemory {
  /** Most bytes taken at a time, unless one page has more. */
  private static final long CHUNK_BYTES = 16L << 20;

  private final Arena arena = Arena.ofShared();
  private final long pageBytes;
  private MemorySegment[] pages = new MemorySegment[16];
  private MemorySegment chunk = MemorySegment.NULL;
  private int made;

  public HostPages(long pageBytes) {
    this.pageBytes = pageBytes;
  }

  public MemorySegment page(int number) {
    return pages[number];
  }

  @Override
  public void add() {
    if (made == pages.length) {
      pages = Arrays.copyOf(pages, 2 * made);
    }
    if (chunk.byteSize() < pageBytes) {
      long count = Math.clamp(CHUNK_BYTES / pageBytes, 1, Math.max(made, 1));
      chunk = HugePages.allocate(count * pageBytes, arena);
    }
    pages[made++] = chunk.asSlice(0, pageBytes);
    chunk = chunk.asSlice(pageBytes);
  }

  @Override
  public void copy(int from, int to) {
    MemorySegment.copy(pages[from], 0, pages[to], 0, pageBytes);
  }

  @Override
  public void read(int page, long offset, MemorySegment target) {
    MemorySegment.copy(pages[page], offset, target, 0, target.byteSize());
  }

  @Override
  public void write(int page, long offset, MemorySegment source) {
    MemorySegment.copy(source, 0, pages[page], offset, source.byteSize());
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
