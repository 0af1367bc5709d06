package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.OnnxAttribute.Floats;
import dev.gatun.formats.onnx.OnnxAttribute.Ints;
import dev.gatun.formats.onnx.OnnxAttribute.OfGraph;
import dev.gatun.formats.onnx.OnnxAttribute.OfTensor;
import dev.gatun.formats.onnx.OnnxAttribute.Text;
import dev.gatun.formats.onnx.OnnxAttribute.Texts;
import dev.gatun.formats.onnx.OnnxAttribute.Unread;
import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import dev.gatun.formats.onnx.OnnxValueInfo.Named;
import dev.gatun.formats.onnx.OnnxValueInfo.Size;
import java.util.List;

/**
 * Writes ONNX's messages, the counterpart of {@link MessageParser}; field numbers are those of
 * onnx.proto.
 */
final class MessageWriter {
  /** Where tensors of a model go: into the message, or elsewhere. */
  interface TensorPlace {
    /** Adds the elements, or says where they are. */
    void put(WireMessage message, OnnxTensor tensor);
  }

  private final TensorPlace place;

  MessageWriter(TensorPlace place) {
    this.place = place;
  }

  WireMessage model(OnnxModel model) {
    WireMessage message = new WireMessage().number(1, model.irVersion()).text(2, model.producer());
    if (!model.functions().isEmpty()) {
      throw new IllegalArgumentException("functions of a model are not written");
    }
    message.message(7, graph(model.graph()));
    model.opsets().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(opset ->
            message.message(
                8, new WireMessage().text(1, opset.getKey()).number(2, opset.getValue())));
    model.metadata().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(entry -> message.message(14, entry(entry.getKey(), entry.getValue())));
    return message;
  }

  /** A StringStringEntryProto. */
  static WireMessage entry(String key, String value) {
    return new WireMessage().text(1, key).text(2, value);
  }

  private WireMessage graph(OnnxGraph graph) {
    WireMessage message = new WireMessage();
    graph.nodes().forEach(node -> message.message(1, node(node)));
    message.text(2, graph.name());
    graph.initializers().values().forEach(tensor -> message.message(5, tensor(tensor, place)));
    graph.inputs().forEach(value -> message.message(11, value(value)));
    graph.outputs().forEach(value -> message.message(12, value(value)));
    graph.values().forEach(value -> message.message(13, value(value)));
    return message;
  }

  private WireMessage node(OnnxNode node) {
    WireMessage message = new WireMessage();
    node.inputs().forEach(input -> message.text(1, input));
    node.outputs().forEach(output -> message.text(2, output));
    message.text(3, node.name()).text(4, node.type());
    node.attributes().forEach((name, value) -> message.message(5, attribute(name, value)));
    if (!node.domain().isEmpty()) {
      message.text(7, node.domain());
    }
    return message;
  }

  private WireMessage attribute(String name, OnnxAttribute attribute) {
    WireMessage message = new WireMessage().text(1, name);
    int kind =
        switch (attribute) {
          case OnnxAttribute.Real(float value) -> {
            message.real(2, value);
            yield 1;
          }
          case OnnxAttribute.Int(long value) -> {
            message.number(3, value);
            yield 2;
          }
          case Text(String value) -> {
            message.text(4, value);
            yield 3;
          }
          case OfTensor(OnnxTensor value) -> {
            // Loaders read attributes before they look for files, so these stay inside.
            message.message(5, tensor(value, MessageWriter::inside));
            yield 4;
          }
          case OfGraph(OnnxGraph value) -> {
            message.message(6, graph(value));
            yield 5;
          }
          case Floats(List<Float> values) -> {
            values.forEach(value -> message.real(7, value));
            yield 6;
          }
          case Ints(List<Long> values) -> {
            values.forEach(value -> message.number(8, value));
            yield 7;
          }
          case Texts(List<String> values) -> {
            values.forEach(value -> message.text(9, value));
            yield 8;
          }
          case OnnxAttribute.Reference(String wanted) ->
              throw new IllegalArgumentException(
                  "attribute '%s' stands for '%s' of a function".formatted(name, wanted));
          case Unread(long other) ->
              throw new IllegalArgumentException(
                  "attribute '%s' is of kind %d, which is not kept".formatted(name, other));
        };
    return message.number(20, kind);
  }

  private static WireMessage tensor(OnnxTensor tensor, TensorPlace place) {
    WireMessage message = new WireMessage();
    for (long extent : tensor.shape().toArray()) {
      message.number(1, extent);
    }
    message.number(2, tensor.elementType()).text(8, tensor.name());
    place.put(message, tensor);
    return message;
  }

  /** Elements in the message itself. */
  static void inside(WireMessage message, OnnxTensor tensor) {
    message.content(9, tensor.content());
  }

  private static WireMessage value(OnnxValueInfo value) {
    WireMessage tensor = new WireMessage().number(1, value.elementType());
    value.dims().ifPresent(dims -> tensor.message(2, shape(dims)));
    return new WireMessage().text(1, value.name()).message(2, new WireMessage().message(1, tensor));
  }

  private static WireMessage shape(List<Extent> dims) {
    WireMessage message = new WireMessage();
    for (Extent extent : dims) {
      message.message(
          1,
          switch (extent) {
            case Size(long size) -> new WireMessage().number(1, size);
            case Named(String name) when name.isEmpty() -> new WireMessage();
            case Named(String name) -> new WireMessage().text(2, name);
          });
    }
    return message;
  }
}
