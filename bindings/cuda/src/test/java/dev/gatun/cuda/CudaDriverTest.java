package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cuda.CudaStream.Size;
import dev.gatun.ffi.LibrarySearch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver: where there is a GPU, a kernel runs. */
class CudaDriverTest {
  /** x[i] *= 2, as NVRTC 13.5 writes it for compute_75, without what it says about debugging. */
  private static final String PTX =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .entry twice(.param .u64 x, .param .u32 n) {
        .reg .pred %p; .reg .f32 %f<3>; .reg .b32 %r<6>; .reg .b64 %rd<5>;
        ld.param.u64 %rd1, [x]; ld.param.u32 %r2, [n];
        mov.u32 %r3, %ctaid.x; mov.u32 %r4, %ntid.x; mov.u32 %r5, %tid.x;
        mad.lo.s32 %r1, %r3, %r4, %r5;
        setp.ge.s32 %p, %r1, %r2;
        @%p bra end;
        cvta.to.global.u64 %rd2, %rd1; mul.wide.s32 %rd3, %r1, 4; add.s64 %rd4, %rd2, %rd3;
        ld.global.f32 %f1, [%rd4]; add.f32 %f2, %f1, %f1; st.global.f32 [%rd4], %f2;
      end:
        ret;
      }
      """;

  @TempDir Path folder;

  @Test
  void aFileThatIsNoDriverIsAReason() throws IOException {
    Loading<CudaDriver> none =
        CudaDriver.load(CudaDriver.search(Optional.of(folder.resolve("none").toString())));
    assertTrue(none.library().isEmpty());
    assertTrue(none.failures().getFirst().contains("there is no such file"), none.toString());
  }

  @Test
  void aKernelRunsOnTheDevice() {
    LibrarySearch search =
        CudaDriver.search(Optional.ofNullable(System.getProperty(CudaDriver.LIBRARY)));
    assumeTrue(search.present().isPresent(), "skipped: there is no driver of NVIDIA here");
    Loading<CudaDriver> loading = CudaDriver.load(search);
    assumeTrue(loading.library().isPresent(), "skipped: no GPU answers: " + loading.failures());
    CudaDriver driver = loading.library().get();
    final int n = 1000;
    try (Arena arena = Arena.ofConfined();
        CudaContext context = driver.devices().getFirst().open();
        DeviceMemory memory = context.allocate(4L * n);
        CudaModule module = context.load(PTX.getBytes(StandardCharsets.US_ASCII));
        CudaStream stream = context.newStream();
        CudaEvent start = context.newEvent(true);
        CudaEvent end = context.newEvent(true)) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, n);
      for (int i = 0; i < n; i++) {
        host.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      stream.record(start);
      stream.write(host, memory, 0);
      stream.launch(
          module.function("twice"),
          Size.of(8),
          Size.of(128),
          0,
          new KernelArguments().pointer(memory).int32(n));
      stream.read(memory, 0, host);
      stream.record(end);
      stream.synchronize();
      for (int i = 0; i < n; i++) {
        assertEquals(2f * i, host.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      assertTrue(end.millisSince(start) >= 0);
      assertThrows(IndexOutOfBoundsException.class, () -> stream.write(host, memory, 1));
    }
    assertEquals(0, driver.handles().total());
  }
}
