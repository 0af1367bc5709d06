package dev.gatun.quantize.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What quantizers take and refuse; their bytes are {@link ByteIdentityTest}'s matter. */
class BlockQuantizerTest {
  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q8_0", "Q6_K", "Q4_K", "IQ4_NL", "IQ3_S", "TQ1_0", "MXFP4"})
  void refusesWhatIsNotFiniteByRowAndColumn(DType dtype) {
    float[] values = Rows.values(Rows.Kind.NORMAL, 3, 512);
    byte[] blocks = new byte[(int) dtype.byteSize(3 * 512)];
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
      values[2 * 512 + 300] = bad;
      GatunException refused =
          assertThrows(
              GatunException.class,
              () -> BlockQuantizer.scalar(dtype).quantize(values, 0, 3, 512, null, blocks, 0));
      assertTrue(
          refused.getMessage().startsWith("row 2, column 300 is " + bad), refused.getMessage());
    }
  }

  @Test
  void refusesAnImportanceThatIsNoWeight() {
    float[] values = Rows.values(Rows.Kind.NORMAL, 1, 256);
    float[] importance = Rows.importance(Rows.Importance.VARIED, 256);
    byte[] blocks = new byte[144];
    BlockQuantizer quantizer = BlockQuantizer.scalar(DType.Q4_K);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
      importance[17] = bad;
      GatunException refused =
          assertThrows(
              GatunException.class,
              () -> quantizer.quantize(values, 0, 1, 256, importance, blocks, 0));
      assertTrue(refused.getMessage().contains("column 17"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IQ2_XXS", "IQ2_XS", "IQ1_S"})
  void typesThatNeedAnImportanceSaySo(DType dtype) {
    BlockQuantizer quantizer = BlockQuantizer.scalar(dtype);
    assertTrue(quantizer.needsImportance());
    assertThrows(
        IllegalArgumentException.class,
        () -> quantizer.quantize(new float[256], 0, 1, 256, null, new byte[100], 0));
  }

  @Test
  void refusesTypesRowsAndArraysThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> BlockQuantizer.scalar(DType.Q8_K));
    BlockQuantizer quantizer = BlockQuantizer.scalar(DType.Q4_K);
    float[] values = new float[512];
    assertThrows(
        IllegalArgumentException.class,
        () -> quantizer.quantize(values, 0, 1, 288, null, new byte[999], 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> quantizer.quantize(values, 1, 2, 256, null, new byte[999], 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> quantizer.quantize(values, 0, 2, 256, null, new byte[287], 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q5_1", "Q4_K", "IQ3_S", "IQ1_M", "F16"})
  void rowsAreIndependentAndOffsetsKept(DType dtype) {
    int rowBytes = (int) dtype.byteSize(512);
    float[] values = Rows.values(Rows.Kind.CHANNELS, 3, 512);
    float[] importance = Rows.importance(Rows.Importance.VARIED, 512);
    byte[] whole = new byte[3 * rowBytes];
    BlockQuantizer quantizer = BlockQuantizer.scalar(dtype);
    quantizer.quantize(values, 0, 3, 512, importance, whole, 0);
    byte[] parts = new byte[3 * rowBytes + 7];
    for (int row = 2; row >= 0; row--) {
      quantizer.quantize(values, row * 512, 1, 512, importance, parts, 5 + row * rowBytes);
    }
    assertArrayEquals(new byte[5], Arrays.copyOf(parts, 5));
    assertArrayEquals(whole, Arrays.copyOfRange(parts, 5, 5 + whole.length));
    assertArrayEquals(new byte[2], Arrays.copyOfRange(parts, 5 + whole.length, parts.length));
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q6_K", "IQ4_XS", "IQ2_S", "Q8_0", "TQ2_0", "NVFP4"})
  void anImportanceCountsWhereTheTypeSaysSo(DType dtype) {
    float[] values = Rows.values(Rows.Kind.NORMAL, 1, 512);
    BlockQuantizer quantizer = BlockQuantizer.scalar(dtype);
    byte[] without = new byte[(int) dtype.byteSize(512)];
    byte[] with = without.clone();
    quantizer.quantize(values, 0, 1, 512, null, without, 0);
    quantizer.quantize(values, 0, 1, 512, Rows.importance(Rows.Importance.VARIED, 512), with, 0);
    assertEquals(quantizer.usesImportance(), !Arrays.equals(without, with));
  }
}
