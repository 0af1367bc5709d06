package dev.gatun.quantize.optimize;

import java.io.IOException;
import java.nio.file.Path;

/** Measures artifacts against the original. Used by one thread. */
public interface Evaluator {
  /** All that decides what is measured, but for the artifact: kept results are found by it. */
  String identity();

  /**
   * Measures.
   *
   * @throws IOException when something cannot be read
   */
  Measurement measure(Path artifact) throws IOException;

  /** What its figures are. */
  Wording wording();

  /**
   * What figures are called in tables and pages.
   *
   * @param accuracy a sentence
   * @param divergence a column's head
   * @param run what {@link Metric#LATENCY} is the time of
   */
  record Wording(String accuracy, String divergence, String run) {}
}
