package dev.gatun.formats.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A NodeProto.
 *
 * @param domain "" for the standard operators
 * @param inputs names of values; "" for an optional one that is absent
 * @param offset where the node stands in the file
 */
public record OnnxNode(
    String name,
    String domain,
    String type,
    List<String> inputs,
    List<String> outputs,
    Map<String, OnnxAttribute> attributes,
    long offset) {
  /** What to call it in messages. */
  public String label() {
    return name.isEmpty() ? type + " -> " + String.join(", ", outputs) : name;
  }

  /** An attribute, when the node has it. */
  public Optional<OnnxAttribute> attribute(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }
}
