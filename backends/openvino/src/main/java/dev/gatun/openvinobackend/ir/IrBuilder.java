package dev.gatun.openvinobackend.ir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Collects the layers of a model and writes them as OpenVINO's intermediate representation, version
 * 11 (docs.openvino.ai, "OpenVINO IR format" and "Operation sets"). Element types and shapes behind
 * parameters and constants are inferred by whoever reads it. Parameters and results keep the order
 * in which they are added.
 */
public final class IrBuilder {
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final Constants constants;
  private final StringBuilder layers = new StringBuilder();
  private final StringBuilder edges = new StringBuilder();
  private final Map<List<Long>, Output> integers = new HashMap<>();
  private int count;
  private String scope = "";

  public IrBuilder(String name) {
    this(name, new Constants());
  }

  private IrBuilder(String name, Constants constants) {
    this.name = name;
    this.constants = constants;
  }

  /** Of a body: layers of its own, constants in the same memory. */
  public IrBuilder body(String own) {
    IrBuilder body = new IrBuilder(own, constants);
    body.scope = own;
    return body;
  }

  /** Names the layers that follow, for profiles: the first plainly, the others with a number. */
  public void enter(String node) {
    scope = node;
  }

  /**
   * An input of the model.
   *
   * @param shape extents separated by commas, {@code ?} for an open one
   */
  public Output parameter(String tensor, String type, String shape) {
    int id = open(tensor, "Parameter", "opset1");
    layers.append("<data shape=\"").append(shape).append("\" element_type=\"").append(type);
    layers.append("\"/><output><port id=\"0\" precision=\"").append(precision(type));
    layers.append("\" names=\"").append(tensorName(tensor)).append("\">");
    if (!shape.isEmpty()) {
      for (String dim : shape.split(",", -1)) {
        layers.append("<dim>").append(dim.equals("?") ? "-1" : dim).append("</dim>");
      }
    }
    layers.append("</port></output></layer>\n");
    return new Output(id, 0, type);
  }

  /** Room among the constants, filled when the model is built; returns its offset. */
  public long piece(long bytes, Consumer<MemorySegment> fill) {
    return constants.piece(bytes, fill);
  }

  /** A constant over a {@link #piece}; several may share one. */
  public Output constant(String type, long[] shape, long offset, long bytes) {
    int id = open(scope + "/constant" + count, "Const", "opset1");
    layers.append("<data element_type=\"").append(type).append("\" shape=\"").append(list(shape));
    layers.append("\" offset=\"").append(offset).append("\" size=\"").append(bytes);
    layers.append("\"/><output><port id=\"0\" precision=\"").append(precision(type)).append("\">");
    for (long dim : shape) {
      layers.append("<dim>").append(dim).append("</dim>");
    }
    layers.append("</port></output></layer>\n");
    return new Output(id, 0, type);
  }

  /** A constant vector of I64. */
  public Output integers(long... values) {
    List<Long> key = Arrays.stream(values).boxed().toList();
    Output known = integers.get(key);
    if (known == null) {
      known = constant("i64", new long[] {values.length}, integerPiece(values), 8L * values.length);
      integers.put(key, known);
    }
    return known;
  }

  /** A constant scalar of I64. */
  public Output integer(long value) {
    return constant("i64", new long[0], integerPiece(value), 8);
  }

  private long integerPiece(long... values) {
    return piece(
        8L * values.length,
        target -> {
          for (int i = 0; i < values.length; i++) {
            target.set(I64, 8L * i, values[i]);
          }
        });
  }

  /** A constant scalar of F32. */
  public Output real(double value) {
    return constant("f32", new long[0], piece(4, target -> target.set(F32, 0, (float) value)), 4);
  }

  /**
   * A layer with one output.
   *
   * @param attributes as they stand in its {@code data}: {@code axis="1"}; empty for none
   * @param type element type of the output
   */
  public Output layer(
      String type, String layer, String opset, String attributes, Output... inputs) {
    String own = scope.isEmpty() ? layer + count : scope + "/" + layer + count;
    int id = open(own, layer, opset);
    return new Output(id, close(id, type, attributes, "", inputs), type);
  }

  /**
   * A layer with several outputs.
   *
   * @param types element types of the outputs
   */
  public List<Output> layers(
      List<String> types, String layer, String opset, String attributes, Output... inputs) {
    return layers(types, layer, opset, attributes, "", inputs);
  }

  /**
   * A layer with bodies.
   *
   * @param bodies the elements that say what they are, as they stand beside its ports
   */
  List<Output> layers(
      List<String> types,
      String layer,
      String opset,
      String attributes,
      String bodies,
      Output... inputs) {
    String own = scope.isEmpty() ? layer + count : scope + "/" + layer + count;
    int id = open(own, layer, opset);
    data(attributes);
    layers.append(bodies);
    inputs(id, inputs);
    List<Output> outputs = new ArrayList<>();
    layers.append("<output>");
    for (String type : types) {
      int port = inputs.length + outputs.size();
      layers.append("<port id=\"").append(port).append("\" precision=\"");
      layers.append(precision(type)).append("\"/>");
      outputs.add(new Output(id, port, type));
    }
    layers.append("</output></layer>\n");
    return outputs;
  }

  /** Ends a body with a result; returns the number of its layer. */
  int bodyResult(Output value) {
    int id = open(scope + "/result" + count, "Result", "opset1");
    input(id, 0, value);
    layers.append("<input><port id=\"0\"/></input></layer>\n");
    return id;
  }

  /** Layers and edges, as they stand in a net or a body. */
  String content() {
    return "<layers>\n%s</layers>\n<edges>\n%s</edges>\n".formatted(layers, edges);
  }

  /** A layer whose output has the element type of its first input. */
  public Output layer(String layer, String opset, String attributes, Output... inputs) {
    return layer(inputs[0].type(), layer, opset, attributes, inputs);
  }

  /** Another element type; none where it has that already. */
  public Output convert(Output x, String type) {
    return x.type().equals(type)
        ? x
        : layer(type, "Convert", "opset1", "destination_type=\"" + type + "\"", x);
  }

  /** A conversion that compilers keep beside its constant: stored small, computed large. */
  public Output decompress(Output x, String type) {
    int id = open(scope + "/Convert" + count, "Convert", "opset1");
    layers.append("<data destination_type=\"").append(type).append("\"/><rt_info>");
    layers.append("<attribute name=\"decompression\" version=\"0\"/></rt_info>");
    return new Output(id, close(id, type, "", "", x), type);
  }

  /** What the model keeps from run to run. */
  public Output readState(String id, String type, String shape, Output initial) {
    String attributes =
        "variable_id=\"%s\" variable_type=\"%s\" variable_shape=\"%s\""
            .formatted(escaped(id), type, shape);
    return layer(type, "ReadValue", "opset6", attributes, initial);
  }

  /** What a state will be at the next run. */
  public void writeState(String id, String type, String shape, Output value) {
    layer(
        "Assign",
        "opset6",
        "variable_id=\"%s\" variable_type=\"%s\" variable_shape=\"%s\""
            .formatted(escaped(id), type, shape),
        value);
  }

  /** An output of the model. */
  public void result(String tensor, Output value) {
    // A layer of its own, whose only port carries the name: one value may be several outputs.
    int identity = open(tensor, "Convert", "opset1");
    int port =
        close(
            identity,
            value.type(),
            "destination_type=\"" + value.type() + "\"",
            " names=\"" + tensorName(tensor) + "\"",
            value);
    int id = open(tensor + "/result", "Result", "opset1");
    input(id, 0, new Output(identity, port, value.type()));
    layers.append("<input><port id=\"0\"/></input></layer>\n");
  }

  private int open(String own, String layer, String opset) {
    layers.append("<layer id=\"").append(count).append("\" name=\"").append(escaped(own));
    layers.append("\" type=\"").append(layer).append("\" version=\"").append(opset).append("\">");
    return count++;
  }

  private int close(int id, String type, String attributes, String names, Output... inputs) {
    data(attributes);
    inputs(id, inputs);
    layers.append("<output><port id=\"").append(inputs.length).append("\" precision=\"");
    layers.append(precision(type)).append('"').append(names).append("/></output></layer>\n");
    return inputs.length;
  }

  private void data(String attributes) {
    if (!attributes.isEmpty()) {
      layers.append("<data ").append(attributes).append("/>");
    }
  }

  private void inputs(int id, Output... inputs) {
    layers.append("<input>");
    for (int i = 0; i < inputs.length; i++) {
      layers.append("<port id=\"").append(i).append("\"/>");
      input(id, i, inputs[i]);
    }
    layers.append("</input>");
  }

  private void input(int layer, int port, Output from) {
    edges.append("<edge from-layer=\"").append(from.layer()).append("\" from-port=\"");
    edges.append(from.port()).append("\" to-layer=\"").append(layer).append("\" to-port=\"");
    edges.append(port).append("\"/>\n");
  }

  /** An element type as ports spell it. */
  private static String precision(String type) {
    return switch (type) {
      case "f64", "f32", "f16" -> "FP" + type.substring(1);
      case "boolean" -> "BOOL";
      default -> type.toUpperCase(Locale.ROOT);
    };
  }

  private static String list(long[] shape) {
    return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(","));
  }

  private static String tensorName(String tensor) {
    return escaped(tensor.replace(",", "\\,"));
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '"' -> safe.append("&quot;");
        default -> safe.append(c < ' ' ? '_' : c);
      }
    }
    return safe.toString();
  }

  /**
   * Writes the model.
   *
   * @param arena where its constants are allocated
   */
  public IrModel build(Arena arena) {
    String xml =
        "<?xml version=\"1.0\"?>\n<net name=\"%s\" version=\"11\">\n%s</net>\n"
            .formatted(escaped(name), content());
    return new IrModel(xml, constants.build(arena));
  }
}
