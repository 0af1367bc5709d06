package dev.gatun.pipelines.speech;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes segments of probabilities by the rules of silero-vad's {@code get_speech_timestamps}: a
 * segment opens at the threshold and closes where the probability stays 0.15 lower for long enough;
 * one that becomes too long is cut at its longest pause. Used once.
 */
final class Segmenter {
  private static final double HYSTERESIS = 0.15;
  private static final double LOWEST = 0.01;

  /** Seconds of a pause at which a segment that is too long may be cut. */
  private static final double PAUSE = 0.098;

  private final VoiceActivityOptions options;
  private final int chunk;
  private final int rate;
  private final List<Stretch> segments = new ArrayList<>();
  private final List<Stretch> pauses = new ArrayList<>();

  /** First sample of the open segment, or -1. */
  private long start = -1;

  /** Where silence began in the open segment, or -1. */
  private long quiet = -1;

  /** Samples from the first to before the last. */
  private record Stretch(long from, long to) {
    long length() {
      return to - from;
    }
  }

  Segmenter(VoiceActivityOptions options, int chunk, int rate) {
    this.options = options;
    this.chunk = chunk;
    this.rate = rate;
  }

  /**
   * The segments.
   *
   * @param samples length of the sound
   */
  List<SpeechSegment> run(float[] probabilities, long samples) {
    for (int i = 0; i < probabilities.length; i++) {
      step(probabilities[i], (long) i * chunk);
    }
    if (start >= 0 && samples - start > samples(options.minSpeech())) {
      segments.add(new Stretch(start, samples));
    }
    return padded(samples);
  }

  private double samples(double seconds) {
    return seconds * rate;
  }

  private void step(float probability, long at) {
    boolean loud = probability >= options.threshold();
    if (loud && quiet >= 0) {
      if (at - quiet > samples(PAUSE)) {
        pauses.add(new Stretch(quiet, at));
      }
      quiet = -1;
    }
    if (loud && start < 0) {
      start = at;
      return;
    }
    if (start >= 0 && at - start > longest() && cut(at)) {
      return;
    }
    if (start >= 0 && probability < Math.max(options.threshold() - HYSTERESIS, LOWEST)) {
      silence(at);
    }
  }

  /** Longest segment, so that it keeps to the limit with its padding. */
  private double longest() {
    return samples(options.maxSpeech()) - chunk - 2 * samples(options.padding());
  }

  /** Cuts the open segment; true when none is open afterwards. */
  private boolean cut(long at) {
    Stretch longest = null;
    for (Stretch pause : pauses) {
      longest = longest == null || pause.length() > longest.length() ? pause : longest;
    }
    segments.add(new Stretch(start, longest == null ? at : longest.from));
    close();
    if (longest == null) {
      return true;
    }
    start = longest.to;
    return false;
  }

  private void silence(long at) {
    quiet = quiet < 0 ? at : quiet;
    if (at - quiet < samples(options.minSilence())) {
      return;
    }
    if (quiet - start > samples(options.minSpeech())) {
      segments.add(new Stretch(start, quiet));
    }
    close();
  }

  private void close() {
    start = -1;
    quiet = -1;
    pauses.clear();
  }

  /** Segments with padding; where it would overlap, the silence between two is divided. */
  private List<SpeechSegment> padded(long samples) {
    List<SpeechSegment> result = new ArrayList<>();
    long padding = (long) samples(options.padding());
    for (int i = 0; i < segments.size(); i++) {
      Stretch segment = segments.get(i);
      long before = i == 0 ? segment.from : segment.from - segments.get(i - 1).to;
      long after =
          i == segments.size() - 1 ? samples - segment.to : segments.get(i + 1).from - segment.to;
      long from = segment.from - (i == 0 ? Math.min(padding, before) : share(before, padding));
      long to =
          segment.to
              + (i == segments.size() - 1 ? Math.min(padding, after) : share(after, padding));
      result.add(new SpeechSegment((double) from / rate, (double) to / rate));
    }
    return result;
  }

  private static long share(long silence, long padding) {
    return silence < 2 * padding ? silence / 2 : padding;
  }
}
