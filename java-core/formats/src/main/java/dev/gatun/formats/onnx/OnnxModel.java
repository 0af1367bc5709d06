package dev.gatun.formats.onnx;

import java.util.List;
import java.util.Map;

/**
 * A ModelProto.
 *
 * @param opsets version of each operator set that the model uses; the standard one is called ""
 * @param metadata what the exporter noted
 */
public record OnnxModel(
    long irVersion,
    String producer,
    Map<String, Long> opsets,
    Map<String, String> metadata,
    OnnxGraph graph,
    List<OnnxFunction> functions) {
  public OnnxModel {
    opsets = Map.copyOf(opsets);
    metadata = Map.copyOf(metadata);
    functions = List.copyOf(functions);
  }

  /** A model without functions. */
  public OnnxModel(
      long irVersion,
      String producer,
      Map<String, Long> opsets,
      Map<String, String> metadata,
      OnnxGraph graph) {
    this(irVersion, producer, opsets, metadata, graph, List.of());
  }
}
