package dev.gatun.vector.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Panels hold exactly what the scalar decoder of a format makes of its blocks. */
class UnpackTest {
  @BeforeAll
  static void widthIsThere() {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int asked = Integer.getInteger(Lanes.WIDTH, widest);
    assumeTrue(asked <= widest, () -> "vectors of " + asked + " bits: this JVM has " + widest);
  }

  static List<DType> formats() {
    return Arrays.stream(DType.values())
        .filter(type -> type != DType.STRING && !VectorMatMulKernels.tiles(type).isPanel())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void panelsAreDecodedExactly(DType dtype) {
    TileFormat format = VectorMatMulKernels.tiles(dtype);
    int k = 256 * 3;
    int count = 29;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(count * dtype.byteSize(k), 64);
      RandomWeights.fill(dtype, rows, new Random(11));
      MemorySegment tile = arena.allocate(format.tileBytes(k), 64);
      format.pack(rows.address(), count, k, tile.address());
      float[] row = new float[k];
      for (int from = 0; from < k; from += 256) {
        int to = k;
        int steps = to - from;
        MemorySegment panel = arena.allocate(4L * steps * TileFormat.ROWS, 64);
        format.unpack(tile.address(), k, from, to, panel.address());
        for (int r = 0; r < count; r++) {
          BlockFormat.of(dtype).decode(rows, r * dtype.byteSize(k), row, 0, k);
          long first = TileFormat.partOf(0, steps, r);
          for (int i = 0; i < steps; i++) {
            float actual = panel.get(Memory.F32, first + i * TileFormat.PANEL_BYTES);
            // Zeros may differ in sign, which no product shows.
            assertEquals(row[from + i] + 0f, actual + 0f, () -> dtype + " is decoded wrongly");
          }
        }
      }
    }
  }
}
