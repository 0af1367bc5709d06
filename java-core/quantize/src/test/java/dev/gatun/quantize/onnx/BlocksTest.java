package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in blocks: byte for byte what ONNX Runtime's quantizer makes of them. */
class BlocksTest {
  static List<String> cases() throws IOException {
    try (InputStream in = BlocksTest.class.getResourceAsStream("blocks.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void roundsAsOnnxRuntimeDoes(String line) {
    String[] words = line.split(" ", -1);
    boolean symmetric = words[2].equals("True");
    var shape = new BlockShape(Integer.parseInt(words[0]), Integer.parseInt(words[1]), symmetric);
    WeightMatrix weights = matrix(Integer.parseInt(words[3]), Integer.parseInt(words[4]));
    BlockCodes codes = new RoundToNearest().quantize(weights, shape);
    ByteBuffer scales = ByteBuffer.allocate(4 * codes.scales.length).order(ByteOrder.LITTLE_ENDIAN);
    scales.asFloatBuffer().put(codes.scales);
    assertEquals(words[6], digest(scales.array()), "scales");
    if (!symmetric) {
      assertEquals(words[7], digest(codes.packedZeros()), "zero points");
    }
    assertEquals(words[5], digest(codes.packedCodes()), "codes");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void zeroPointsThatMoveLowerTheError(int bits) {
    WeightMatrix weights = matrix(300, 24);
    var shape = new BlockShape(bits, 64, false);
    double rounded = new RoundToNearest().quantize(weights, shape).meanError(weights.values());
    double moved = new HalfQuadratic().quantize(weights, shape).meanError(weights.values());
    assertTrue(moved < rounded, moved + " against " + rounded);
  }

  @Test
  void constantsAndZerosStayWhatTheyAre() {
    BlockCodes codes = new HalfQuadratic().quantize(matrix(64, 8), new BlockShape(4, 32, false));
    for (int row = 0; row < 64; row++) {
      assertEquals(0, codes.value(0, row));
    }
  }

  /** The matrices of make_blocks.py. */
  static WeightMatrix matrix(int k, int n) {
    float[] values = new float[k * n];
    int state = k * 31 + n;
    for (int i = 0; i < values.length; i++) {
      state = state * 1664525 + 1013904223;
      values[i] = (float) ((state >>> 8) / 8388608.0 - 1);
    }
    for (int row = 0; row < k; row++) {
      int at = row * n;
      values[at] = 0;
      values[at + 1] = 0.37f;
      values[at + 3] = Math.abs(values[at + 3]);
      values[at + 4] = -Math.abs(values[at + 4]);
      values[at + 5] = (row % 15 - 7) / 2f;
      values[at + 6] *= 1e-41f;
    }
    values[2] = 40;
    values[5] = 4;
    values[n + 5] = -4;
    return new WeightMatrix("w", values, k, n);
  }

  private static String digest(byte... bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
