package dev.gatun.graph;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The file that a graph means the same as: a backend that reads the format itself may take the file
 * instead. It must keep to the graph's inputs and outputs by name: the file may have more outputs.
 *
 * @param format the file's format: {@link #ONNX}
 * @param file where it is; usable as long as the graph
 */
public record GraphOrigin(String format, Path file) {
  /** Format: ONNX. */
  public static final String ONNX = "onnx";

  public GraphOrigin {
    Objects.requireNonNull(format);
    Objects.requireNonNull(file);
  }
}
