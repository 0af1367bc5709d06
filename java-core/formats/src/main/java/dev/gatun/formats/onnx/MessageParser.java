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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads ONNX's messages; field numbers are those of onnx.proto. */
final class MessageParser {
  private final String file;
  private final ExternalData external;

  MessageParser(String file, ExternalData external) {
    this.file = file;
    this.external = external;
  }

  OnnxModel model(Wire wire) {
    long version = 0;
    String producer = "";
    Map<String, Long> opsets = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    OnnxGraph graph = null;
    List<OnnxFunction> functions = new ArrayList<>();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> version = wire.varint();
        case 2 -> producer = wire.text();
        case 7 -> graph = graph(wire.message());
        case 8 -> opset(wire.message(), opsets);
        case 14 -> entry(wire.message(), metadata);
        case 25 -> functions.add(function(wire.message()));
        default -> wire.skip();
      }
    }
    if (graph == null || opsets.isEmpty()) {
      throw wire.bad("has no graph or no operator set: it is no ONNX model, or is cut off");
    }
    return new OnnxModel(version, producer, opsets, metadata, graph, functions);
  }

  private OnnxFunction function(Wire wire) {
    String name = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxAttribute> defaults = new LinkedHashMap<>();
    List<OnnxNode> nodes = new ArrayList<>();
    Map<String, Long> opsets = new LinkedHashMap<>();
    while (wire.next()) {
      long offset = wire.offset();
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 4 -> inputs.add(wire.text());
        case 5 -> outputs.add(wire.text());
        case 7 -> nodes.add(node(wire.message(), offset));
        case 9 -> opset(wire.message(), opsets);
        case 10 -> domain = wire.text();
        case 11 -> attribute(wire.message(), defaults);
        default -> wire.skip();
      }
    }
    return new OnnxFunction(domain, name, inputs, outputs, defaults, nodes, opsets);
  }

  private static void opset(Wire wire, Map<String, Long> opsets) {
    String domain = "";
    long version = 0;
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> domain = wire.text();
        case 2 -> version = wire.varint();
        default -> wire.skip();
      }
    }
    opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  /** A StringStringEntryProto. */
  static void entry(Wire wire, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> key = wire.text();
        case 2 -> value = wire.text();
        default -> wire.skip();
      }
    }
    entries.put(key, value);
  }

  private OnnxGraph graph(Wire wire) {
    String name = "";
    List<OnnxNode> nodes = new ArrayList<>();
    Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    List<OnnxValueInfo> inputs = new ArrayList<>();
    List<OnnxValueInfo> outputs = new ArrayList<>();
    List<OnnxValueInfo> values = new ArrayList<>();
    while (wire.next()) {
      long offset = wire.offset();
      switch (wire.field()) {
        case 1 -> nodes.add(node(wire.message(), offset));
        case 2 -> name = wire.text();
        case 5 -> {
          OnnxTensor tensor = TensorParser.parse(wire.message(), offset, file, external);
          if (initializers.put(tensor.name(), tensor) != null) {
            throw wire.bad("has two initializers '" + tensor.name() + "'");
          }
        }
        case 11 -> inputs.add(value(wire.message(), offset));
        case 12 -> outputs.add(value(wire.message(), offset));
        case 13 -> values.add(value(wire.message(), offset));
        default -> wire.skip();
      }
    }
    return new OnnxGraph(name, nodes, initializers, inputs, outputs, values);
  }

  private OnnxNode node(Wire wire, long offset) {
    String name = "";
    String domain = "";
    String type = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> inputs.add(wire.text());
        case 2 -> outputs.add(wire.text());
        case 3 -> name = wire.text();
        case 4 -> type = wire.text();
        case 5 -> attribute(wire.message(), attributes);
        case 7 -> domain = wire.text();
        default -> wire.skip();
      }
    }
    String standard = domain.equals("ai.onnx") ? "" : domain;
    return new OnnxNode(name, standard, type, inputs, outputs, attributes, offset);
  }

  private void attribute(Wire wire, Map<String, OnnxAttribute> attributes) {
    String name = "";
    long kind = 0;
    float real = 0;
    long whole = 0;
    String text = "";
    String reference = "";
    OnnxTensor tensor = null;
    OnnxGraph graph = null;
    LongList reals = new LongList();
    LongList wholes = new LongList();
    List<String> texts = new ArrayList<>();
    while (wire.next()) {
      long offset = wire.offset();
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 2 -> real = Float.intBitsToFloat(wire.fixed32());
        case 3 -> whole = wire.varint();
        case 4 -> text = wire.text();
        case 5 -> tensor = TensorParser.parse(wire.message(), offset, file, external);
        case 6 -> graph = graph(wire.message());
        case 7 -> wire.fixed32s(reals);
        case 8 -> wire.varints(wholes);
        case 9 -> texts.add(wire.text());
        case 20 -> kind = wire.varint();
        case 21 -> reference = wire.text();
        default -> wire.skip();
      }
    }
    if (!reference.isEmpty()) {
      attributes.put(name, new OnnxAttribute.Reference(reference));
      return;
    }
    attributes.put(
        name,
        switch ((int) Math.min(kind, 100)) {
          case 1 -> new OnnxAttribute.Real(real);
          case 2 -> new OnnxAttribute.Int(whole);
          case 3 -> new Text(text);
          case 4 -> new OfTensor(required(wire, name, tensor));
          case 5 -> new OfGraph(required(wire, name, graph));
          case 6 -> new Floats(floats(reals));
          case 7 -> new Ints(Arrays.stream(wholes.toArray()).boxed().toList());
          case 8 -> new Texts(texts);
          default -> new Unread(kind);
        });
  }

  private static <T> T required(Wire wire, String name, T value) {
    if (value == null) {
      throw wire.bad("attribute '" + name + "' has no value; the file is damaged");
    }
    return value;
  }

  private static List<Float> floats(LongList bits) {
    return Arrays.stream(bits.toArray())
        .mapToObj(each -> Float.intBitsToFloat((int) each))
        .toList();
  }

  private static OnnxValueInfo value(Wire wire, long offset) {
    String name = "";
    long element = 0;
    Optional<List<Extent>> dims = Optional.empty();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 2 -> {
          Wire type = wire.message();
          while (type.next()) {
            if (type.field() != 1) {
              type.skip();
              continue;
            }
            Wire tensor = type.message();
            while (tensor.next()) {
              switch (tensor.field()) {
                case 1 -> element = tensor.varint();
                case 2 -> dims = Optional.of(shape(tensor.message()));
                default -> tensor.skip();
              }
            }
          }
        }
        default -> wire.skip();
      }
    }
    return new OnnxValueInfo(name, (int) Math.min(element, 1000), dims, offset);
  }

  private static List<Extent> shape(Wire wire) {
    List<Extent> extents = new ArrayList<>();
    while (wire.next()) {
      if (wire.field() != 1) {
        wire.skip();
        continue;
      }
      Wire dim = wire.message();
      Extent extent = new Named("");
      while (dim.next()) {
        switch (dim.field()) {
          case 1 -> {
            long size = dim.varint();
            if (size >= 0) {
              extent = new Size(size);
            }
          }
          case 2 -> extent = new Named(dim.text());
          default -> dim.skip();
        }
      }
      extents.add(extent);
    }
    return extents;
  }
}
