package dev.gatun.quantize.optimize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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

  /**
   * The numbers of a model's blocks, from the one that quantization has hurt most.
   *
   * @throws IOException when something cannot be read
   */
  List<Integer> mostHurt(Path artifact) throws IOException;
}
