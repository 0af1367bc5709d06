package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A graph as an ONNX model. Inputs and outputs have the graph's names, types and order; those of
 * its states follow ({@link LoweredState}). Weights are read from the graph's constants when the
 * model is written: until then their source must be open.
 *
 * @param states one for each state of the graph, in its order
 * @param origins for each node of the model, by name, the name of the graph's node that it stands
 *     for
 */
public record LoweredModel(
    OnnxModel model, List<LoweredState> states, Map<String, String> origins) {
  public LoweredModel {
    states = List.copyOf(states);
    origins = Map.copyOf(origins);
  }

  /**
   * The model's bytes.
   *
   * @throws IllegalArgumentException when they are more than 2 GB; {@link #write} has no such limit
   */
  public MemorySegment bytes(Arena arena) {
    return OnnxWriter.toMemory(model, arena);
  }

  /** Writes the model to a file, and {@code NAME.data} beside it when it is large. */
  public void write(Path path) throws IOException {
    OnnxWriter.toFile(model, path);
  }
}
