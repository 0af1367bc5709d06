package dev.gatun.graph;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * The file that a graph means the same as: a backend that reads the format itself may take the file
 * instead. It must keep to the graph's inputs and outputs by name: the file may have more outputs.
 *
 * @param format the file's format: {@link #ONNX}
 * @param file where it is; usable as long as the graph
 * @param nodes by names of the file's nodes, those of the nodes that they were imported as; passes
 *     may have made others of them since
 */
public record GraphOrigin(String format, Path file, Map<String, String> nodes) {
  /** Format: ONNX. */
  public static final String ONNX = "onnx";

  public GraphOrigin {
    Objects.requireNonNull(format);
    Objects.requireNonNull(file);
    nodes = Map.copyOf(nodes);
  }
}
