package dev.gatun.pipelines.speech;

import java.util.List;

/** Where somebody speaks. Immutable. */
public final class SpeechActivity {
  private final List<SpeechSegment> segments;
  private final float[] probabilities;
  private final double duration;

  SpeechActivity(List<SpeechSegment> segments, float[] probabilities, double duration) {
    this.segments = List.copyOf(segments);
    this.probabilities = probabilities.clone();
    this.duration = duration;
  }

  /** Stretches of speech, in order, apart from each other. */
  public List<SpeechSegment> segments() {
    return segments;
  }

  /** That somebody speaks, from 0 to 1, one for each 32 ms; a copy. */
  public float[] probabilities() {
    return probabilities.clone();
  }

  /** Seconds of the sound. */
  public double duration() {
    return duration;
  }

  /** Seconds of speech. */
  public double speech() {
    return segments.stream().mapToDouble(SpeechSegment::duration).sum();
  }
}
