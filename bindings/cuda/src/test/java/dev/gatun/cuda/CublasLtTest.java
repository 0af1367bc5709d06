package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Descriptions of products; needs the library, no GPU. */
class CublasLtTest {
  @Test
  void layoutsAndProductsKeepWhatTheyWereTold() throws IOException {
    Loading<CublasLt> loading =
        CublasLt.load(CudaLibraries.search("cuBLASLt", "gatun.cublaslt.library", "libcublasLt.so"));
    CublasLt library = loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
    assertTrue(library.version().startsWith("13."), library.version());
    try (MatrixLayout layout = library.layout(CublasLt.Elements.BF16, 48, 7, 64);
        Product product = library.product(CublasLt.Elements.BF16, true, false);
        Product other = library.product(CublasLt.Elements.I8, false, true)) {
      assertEquals(48, layout.rows());
      assertEquals(7, layout.columns());
      assertEquals(64, layout.leading());
      assertTrue(product.transposesA());
      assertFalse(other.transposesA());
      assertEquals(3, library.handles().total());
    }
    assertEquals(0, library.handles().total());
    assertThrows(
        IllegalArgumentException.class, () -> library.layout(CublasLt.Elements.F32, 8, 8, 4));
  }
}
