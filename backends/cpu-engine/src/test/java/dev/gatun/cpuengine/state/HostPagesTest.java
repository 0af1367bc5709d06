package dev.gatun.cpuengine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class HostPagesTest {
  /** Pages of every size lie apart, start aligned and empty, and keep what they were given. */
  @Test
  void pagesDoNotOverlap() {
    for (long bytes : new long[] {64, 192, 1 << 20, 5 << 20, 20 << 20}) {
      int count = bytes < 1 << 20 ? 1000 : 12;
      try (var pages = new HostPages(bytes)) {
        for (int i = 0; i < count; i++) {
          pages.add();
          MemorySegment page = pages.page(i);
          assertEquals(bytes, page.byteSize());
          assertEquals(0, page.address() % 64);
          assertEquals(0, page.get(ValueLayout.JAVA_LONG, 0), "page " + i);
          assertEquals(0, page.get(ValueLayout.JAVA_LONG, bytes - 8), "page " + i);
          page.set(ValueLayout.JAVA_LONG, 0, i + 1);
          page.set(ValueLayout.JAVA_LONG, bytes - 8, i + 1);
        }
        for (int i = 0; i < count; i++) {
          assertEquals(i + 1, pages.page(i).get(ValueLayout.JAVA_LONG, 0), "page " + i);
          assertEquals(i + 1, pages.page(i).get(ValueLayout.JAVA_LONG, bytes - 8), "page " + i);
        }
      }
    }
  }
}
