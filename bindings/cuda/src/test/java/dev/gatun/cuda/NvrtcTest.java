package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ffi.NativeCallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compiles real kernels; needs the library, no GPU. */
class NvrtcTest {
  private static final String KERNEL =
      """
      extern "C" __global__ void twice(float* x, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) x[i] *= 2.0f;
      }
      """;

  private static Nvrtc nvrtc() throws IOException {
    Loading<Nvrtc> loading =
        Nvrtc.load(CudaLibraries.search("NVRTC", "gatun.nvrtc.library", "libnvrtc.so"));
    return loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
  }

  @Test
  void aKernelBecomesMachineCodeOfHopperAndPtx() throws IOException {
    Nvrtc nvrtc = nvrtc();
    assertTrue(nvrtc.version().startsWith("13."), nvrtc.version());
    assertTrue(nvrtc.architectures().containsAll(List.of("sm_90", "sm_120")));
    Nvrtc.Compiled cubin = nvrtc.compile(KERNEL, "twice.cu", "sm_90", List.of());
    // A cubin is an ELF file for NVIDIA's machines (EM_CUDA, 190).
    assertEquals(0x7f, cubin.image()[0]);
    assertEquals("ELF", new String(cubin.image(), 1, 3, StandardCharsets.US_ASCII));
    assertEquals((byte) 190, cubin.image()[18]);
    assertTrue(new String(cubin.image(), StandardCharsets.ISO_8859_1).contains("twice"));
    Nvrtc.Compiled ptx = nvrtc.compile(KERNEL, "twice.cu", "compute_90", List.of());
    String text = new String(ptx.image(), StandardCharsets.US_ASCII);
    assertTrue(text.contains(".target sm_90") && text.contains(".entry twice"), text);
    assertEquals(0, nvrtc.handles().total());
  }

  @Test
  void whatDoesNotCompileSaysWhere() throws IOException {
    Nvrtc nvrtc = nvrtc();
    NativeCallException e =
        assertThrows(
            NativeCallException.class,
            () -> nvrtc.compile("__global__ void f() { nonsense; }", "f.cu", "sm_90", List.of()));
    assertTrue(e.getMessage().contains("NVRTC_ERROR_COMPILATION"), e.getMessage());
    assertTrue(e.getMessage().contains("f.cu(1)"), e.getMessage());
    assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
    NativeCallException architecture =
        assertThrows(
            NativeCallException.class,
            () -> nvrtc.compile(KERNEL, "twice.cu", "sm_1", List.of("--use_fast_math")));
    assertTrue(architecture.getMessage().contains("invalid value"), architecture.getMessage());
    assertEquals(0, nvrtc.handles().total());
  }
}
