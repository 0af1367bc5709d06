package dev.gatun.models.arch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RopeScalingTest {
  @Test
  void plainFrequenciesFallGeometrically() {
    assertArrayEquals(new double[] {1, 0.1, 0.01, 0.001}, RopeScaling.plain(8, 10000), 1e-15);
  }

  @Test
  void linearAndPerPairDivisors() {
    double[] frequencies = {1, 0.5};
    assertArrayEquals(new double[] {0.25, 0.125}, RopeScaling.linear(frequencies, 4), 0);
    assertArrayEquals(
        new double[] {0.5, 0.0625}, RopeScaling.divided(frequencies, new float[] {2, 8}), 0);
    assertArrayEquals(new double[] {1, 0.5}, frequencies, 0);
  }

  /**
   * By hand: with 8 dims, base 10000 and 100 positions, pair p turns 100 * 10^-p / 2pi times. 32
   * turns lie at p = -0.30, so low is 0; one turn at p = 1.20, so high is 2. The ramp is 0, 1/2, 1.
   */
  @Test
  void yarnMixesBetweenFastAndSlowPairs() {
    double[] scaled = RopeScaling.yarn(RopeScaling.plain(8, 10000), 10000, 4, 100, 32, 1);
    double half = 0.5 / 4 + 0.5;
    assertArrayEquals(new double[] {1, 0.1 * half, 0.01 / 4, 0.001 / 4}, scaled, 1e-15);
  }

  @Test
  void yarnMagnitude() {
    assertEquals(1, RopeScaling.yarnMagnitude(1));
    assertEquals(1, RopeScaling.yarnMagnitude(0.5));
    assertEquals(1.13862943611199, RopeScaling.yarnMagnitude(4), 1e-12);
  }
}
