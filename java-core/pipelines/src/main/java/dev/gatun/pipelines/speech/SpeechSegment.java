package dev.gatun.pipelines.speech;

/**
 * A stretch of speech, in seconds from the sound's beginning.
 *
 * @param end after its last sample
 */
public record SpeechSegment(double start, double end) {
  public double duration() {
    return end - start;
  }
}
