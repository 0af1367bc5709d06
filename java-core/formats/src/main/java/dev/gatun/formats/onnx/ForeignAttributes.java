package dev.gatun.formats.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Attributes as {@link dev.gatun.graph.op.ForeignOp} carries them. */
final class ForeignAttributes {
  private ForeignAttributes() {}

  static Map<String, Object> of(OnnxNode node) {
    Map<String, Object> carried = new HashMap<>();
    node.attributes()
        .forEach((name, attribute) -> {
          Object value =
              switch (attribute) {
                case OnnxAttribute.Int(long whole) -> whole;
                case OnnxAttribute.Real(float real) -> (double) real;
                case OnnxAttribute.Text(String text) -> text;
                case OnnxAttribute.OfTensor(OnnxTensor tensor) -> tensor.tensor();
                case OnnxAttribute.Ints(List<Long> wholes) -> wholes;
                case OnnxAttribute.Floats(List<Float> reals) ->
                    reals.stream().map(Float::doubleValue).toList();
                case OnnxAttribute.Texts(List<String> texts) -> texts;
                case OnnxAttribute.OfGraph graph -> null;
                case OnnxAttribute.Reference reference -> null;
                case OnnxAttribute.Unread unread -> null;
              };
          if (value != null) {
            carried.put(name, value);
          }
        });
    return carried;
  }
}
