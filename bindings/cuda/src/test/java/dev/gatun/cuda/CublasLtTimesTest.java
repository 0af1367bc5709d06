package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cuda.Multiplier.Matrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What cuBLASLt needs for the products of a prefill of 4,096 tokens at the shape of a model of 7
 * billion weights: the yardstick of {@code scripts/test --cuda --bench}. Its products are checked,
 * its times are printed. Needs a real GPU and the library; not run on device.
 */
class CublasLtTimesTest {
  private static final String DRIVER = "gatun.cuda.library";
  private static final int TOKENS = 4096;
  private static final int LAYERS = 32;
  private static final int RUNS = 10;

  /** A prefill may take so many times what the products alone take here. */
  private static final double BAR = 1.2;

  /** Each byte of the factors, which are F16. */
  private static final byte FILL = 0x38;

  private static final double FACTOR = Float.float16ToFloat((short) (FILL << 8 | FILL));

  /** Weights of one layer, of so many rows and columns, and how many there are of them. */
  private record Shape(int rows, int columns, int count) {}

  private static final List<Shape> LAYER =
      List.of(new Shape(4096, 4096, 4), new Shape(11008, 4096, 2), new Shape(4096, 11008, 1));

  @Test
  void productsOfAPrefill() throws IOException {
    assumeTrue(System.getProperty(DRIVER) != null, "skipped: no driver is named by -D" + DRIVER);
    CudaDriver driver =
        CudaDriver.load(CudaDriver.search(DRIVER, Optional.of(System.getProperty(DRIVER))))
            .library()
            .orElseThrow();
    CudaDevice device = driver.devices().getFirst();
    assumeTrue(!device.name().contains("stand-in"), "skipped: times of a stand-in say nothing");
    CublasLt library =
        CublasLt.load(CudaLibraries.search("cuBLASLt", "gatun.cublaslt.library", "libcublasLt.so"))
            .library()
            .orElseThrow();
    double milliseconds = 0;
    try (CudaContext context = device.open();
        Multiplier multiplier = library.open(context)) {
      for (Shape shape : LAYER) {
        double one = milliseconds(library, multiplier, context, shape);
        System.out.printf(
            "cuBLASLt %s, F16: %d x %d by %d tokens: %.3f ms%n",
            library.version(), shape.rows(), shape.columns(), TOKENS, one);
        milliseconds += LAYERS * shape.count() * one;
      }
    }
    System.out.printf(
        "cuBLASLt needs %.1f ms for the products of %d tokens: a prefill of %.0f tokens/s is %s times that%n",
        milliseconds, TOKENS, 1e3 * TOKENS / (BAR * milliseconds), BAR);
  }

  /** The median time of Y = X W', rows of X and Y for tokens; Y is looked at. */
  private static double milliseconds(
      CublasLt library, Multiplier multiplier, CudaContext context, Shape shape) {
    int n = shape.rows();
    int k = shape.columns();
    try (Arena arena = Arena.ofConfined();
        Product product = library.product(CublasLt.Elements.F16, true, false);
        MatrixLayout ofW = library.layout(CublasLt.Elements.F16, k, n, k);
        MatrixLayout ofX = library.layout(CublasLt.Elements.F16, k, TOKENS, k);
        MatrixLayout ofY = library.layout(CublasLt.Elements.F16, n, TOKENS, n);
        DeviceMemory w = context.allocate(2L * n * k);
        DeviceMemory x = context.allocate(2L * k * TOKENS);
        DeviceMemory y = context.allocate(2L * n * TOKENS);
        DeviceMemory workspace = context.allocate(32 << 20);
        CudaStream stream = context.newStream();
        CudaEvent start = context.newEvent(true);
        CudaEvent end = context.newEvent(true)) {
      stream.fill(w, 0, w.bytes(), FILL);
      stream.fill(x, 0, x.bytes(), FILL);
      double[] times = new double[RUNS];
      for (int run = -2; run < RUNS; run++) {
        stream.record(start);
        multiplier.multiply(
            product, new Matrix(w, ofW), new Matrix(x, ofX), new Matrix(y, ofY), workspace, stream);
        stream.record(end);
        end.synchronize();
        if (run >= 0) {
          times[run] = end.millisSince(start);
        }
      }
      MemorySegment last = arena.allocate(ValueLayout.JAVA_SHORT);
      stream.read(y, y.bytes() - last.byteSize(), last);
      stream.synchronize();
      double expected = k * FACTOR * FACTOR;
      assertEquals(
          expected, Float.float16ToFloat(last.get(ValueLayout.JAVA_SHORT, 0)), expected * 1e-2);
      Arrays.sort(times);
      return times[RUNS / 2];
    }
  }
}
