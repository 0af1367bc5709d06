package dev.gatun.pipelines.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tones are known at every rate; what the new rate cannot hold must vanish. */
class ResamplerTest {
  private static float[] tone(double hertz, int rate, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate);
    }
    return samples;
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 16000, 440",
    "22050, 16000, 1000",
    "44100, 16000, 3000",
    "48000, 16000, 4000",
    "16000, 48000, 2500",
    "44101, 16000, 700"
  })
  void aToneStaysTheSameTone(int from, int to, double hertz) {
    float[] samples = new Resampler(from, to).run(tone(hertz, from, from / 5));
    assertEquals(Math.ceilDiv((long) (from / 5) * to, from), samples.length);
    float[] expected = tone(hertz, to, samples.length);
    for (int i = 100; i < samples.length - 100; i++) {
      assertEquals(expected[i], samples[i], 4e-3, "sample " + i);
    }
  }

  @Test
  void whatTheNewRateCannotHoldVanishes() {
    float[] samples = new Resampler(48000, 16000).run(tone(11000, 48000, 9600));
    for (int i = 100; i < samples.length - 100; i++) {
      assertTrue(Math.abs(samples[i]) < 5e-3, i + ": " + samples[i]);
    }
  }

  @Test
  void theSameRateCostsNothing() {
    Audio audio = new Audio(new float[] {1}, 16000);
    assertSame(audio, audio.resampled(16000));
    assertEquals(0, new Audio(new float[0], 44100).resampled(16000).samples().length);
  }
}
