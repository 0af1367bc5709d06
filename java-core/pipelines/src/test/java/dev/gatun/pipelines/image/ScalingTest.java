package dev.gatun.pipelines.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Goldens;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scaled pictures against OpenCV's and Pillow's; see image/README. */
class ScalingTest {
  private static void assertAlike(int[] expected, int[] actual, int difference, String what) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      for (int shift = 16; shift >= 0; shift -= 8) {
        assertEquals(
            (expected[i] >> shift) & 255, (actual[i] >> shift) & 255, difference, what + " " + i);
      }
    }
  }

  @Test
  void picturesAreThoseOfOpenCvAndPillow() throws IOException {
    for (JsonNode golden : Goldens.json("image/scaled.json").path("cases")) {
      int[] from = Goldens.ints(golden.path("from"));
      int[] to = Goldens.ints(golden.path("to"));
      Picture picture = new Picture(from[0], from[1], Goldens.ints(golden.path("pixels")));
      String what = from[0] + "x" + from[1] + " to " + to[0] + "x" + to[1];
      int[] linear = Scaling.bilinear(picture, to[0], to[1]).rgb();
      assertAlike(Goldens.ints(golden.path("opencv")), linear, 1, what);
      int[] smooth = Scaling.smooth(picture, to[0], to[1]).rgb();
      assertAlike(Goldens.ints(golden.path("pillow")), smooth, 1, what);
    }
  }

  @Test
  void channelsStandWhereTheNetworkWantsThem() {
    Picture picture = new Picture(2, 1, 0xFF8000, 0x0000FF);
    var plain = new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), false, false);
    float half = 128 / 255f;
    assertArrayEquals(new float[] {1, 0, half, 0, 0, 1}, plain.input(picture).toFloats());
    assertArrayEquals(
        new float[] {1, half, 0, 0, 0, 1}, plain.withChannelsLast(true).input(picture).toFloats());
    var turned = new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5), true, false);
    Tensor padded = turned.input(picture, 3);
    assertArrayEquals(
        new float[] {-1, 1, 0, 2 * half - 1, -1, 0, 1, -1, 0}, padded.toFloats(), 1e-6f);
    assertEquals(3, padded.shape().dim(3));
  }
}
