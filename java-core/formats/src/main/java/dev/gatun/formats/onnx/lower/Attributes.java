package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Attributes of a node being made. */
final class Attributes {
  private final Map<String, OnnxAttribute> values = new LinkedHashMap<>();

  static Attributes none() {
    return new Attributes();
  }

  Attributes with(String name, long value) {
    values.put(name, new OnnxAttribute.Int(value));
    return this;
  }

  Attributes with(String name, float value) {
    values.put(name, new OnnxAttribute.Real(value));
    return this;
  }

  Attributes with(String name, String value) {
    values.put(name, new OnnxAttribute.Text(value));
    return this;
  }

  Attributes with(String name, List<Long> value) {
    values.put(name, new OnnxAttribute.Ints(value));
    return this;
  }

  Attributes with(String name, OnnxGraph value) {
    values.put(name, new OnnxAttribute.OfGraph(value));
    return this;
  }

  Attributes with(String name, OnnxAttribute value) {
    values.put(name, value);
    return this;
  }

  Map<String, OnnxAttribute> values() {
    return values;
  }
}
