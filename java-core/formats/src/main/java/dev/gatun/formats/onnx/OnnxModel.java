package dev.gatun.formats.onnx;

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
    OnnxGraph graph) {
  public OnnxModel {
    opsets = Map.copyOf(opsets);
    metadata = Map.copyOf(metadata);
  }
}
