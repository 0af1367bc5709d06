package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calibration finds the ranges that ONNX Runtime's finds, and scales follow from them. */
class RangesTest {
  static List<String> cases() throws IOException {
    try (InputStream in = RangesTest.class.getResourceAsStream("ranges.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rangesAreThoseOfOnnxRuntime(String line) {
    String[] words = line.split(" ", -1);
    Histogram histogram = new Histogram(Integer.parseInt(words[1]));
    for (int i = 0; i < 3; i++) {
      histogram.add(batch(i, 4000));
    }
    double parameter = Double.parseDouble(words[2]);
    ValueRange range =
        words[0].equals("entropy")
            ? histogram.entropy((int) parameter)
            : histogram.percentile(parameter);
    assertEquals(Double.parseDouble(words[3]), range.low(), 1e-5);
    assertEquals(Double.parseDouble(words[4]), range.high(), 1e-5);
  }

  @Test
  void scalesHoldZeroAndTheRange() {
    assertEquals(
        new ActivationScale(DType.U8, 3f / 255, 85),
        ActivationScale.of(new ValueRange(-1, 2), false, 8));
    assertEquals(
        new ActivationScale(DType.U8, 2f / 255, 0),
        ActivationScale.of(new ValueRange(1, 2), false, 8));
    assertEquals(
        new ActivationScale(DType.I8, 2f / 127, 0),
        ActivationScale.of(new ValueRange(-1, 2), true, 8));
    assertEquals(
        new ActivationScale(DType.U16, 3f / 65535, 21845),
        ActivationScale.of(new ValueRange(-1, 2), false, 16));
    assertEquals(
        new ActivationScale(DType.U8, 1, 0), ActivationScale.of(new ValueRange(0, 0), false, 8));
  }

  private static float[] batch(int index, int size) {
    int state = index * 977 + 5;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      state = state * 1664525 + 1013904223;
      double u = (state >>> 8) / 8388608.0 - 1;
      values[i] = (float) (u * u * u * (1 + index));
    }
    return values;
  }
}
