package dev.gatun.formats.onnx;

import java.util.List;
import java.util.Optional;

/**
 * A ValueInfoProto: name and type of an input, output or intermediate value.
 *
 * @param elementType number of the element type; 0 when it is not a tensor, or not said
 * @param dims empty when the file does not say the shape
 */
public record OnnxValueInfo(
    String name, int elementType, Optional<List<Extent>> dims, long offset) {
  /** What the value is, for messages. */
  String kind() {
    return elementType == 0
        ? "no tensor, or of no type"
        : ElementTypes.name(elementType) + (dims.isEmpty() ? " of any shape" : "");
  }

  /** One dimension. */
  public sealed interface Extent {}

  /** A known one. */
  public record Size(long size) implements Extent {}

  /** A named one; "" when the file gives no name. */
  public record Named(String name) implements Extent {}
}
