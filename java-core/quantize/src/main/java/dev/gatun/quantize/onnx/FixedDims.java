package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import dev.gatun.formats.onnx.OnnxValueInfo.Named;
import dev.gatun.formats.onnx.OnnxValueInfo.Size;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Gives named extents of a model's inputs and outputs a size. */
final class FixedDims {
  private FixedDims() {}

  static void apply(ModelEdit edit, Map<String, Long> sizes) {
    Set<String> unknown = new TreeSet<>(sizes.keySet());
    Set<String> known = new TreeSet<>();
    for (OnnxValueInfo input : edit.inputs()) {
      input
          .dims()
          .orElse(List.of())
          .forEach(extent -> {
            if (extent instanceof Named(String name)) {
              unknown.remove(name);
              known.add(name);
            }
          });
    }
    if (!unknown.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "%s has no dimensions %s; its inputs have %s".formatted(edit.file(), unknown, known));
    }
    edit.setInputs(edit.inputs().stream().map(value -> fixed(value, sizes)).toList());
    edit.setOutputs(edit.outputs().stream().map(value -> fixed(value, sizes)).toList());
    edit.setValues(edit.values().stream().map(value -> fixed(value, sizes)).toList());
  }

  private static OnnxValueInfo fixed(OnnxValueInfo value, Map<String, Long> sizes) {
    return new OnnxValueInfo(
        value.name(),
        value.elementType(),
        value.dims().map(dims -> dims.stream().map(extent -> fixed(extent, sizes)).toList()),
        value.offset());
  }

  private static Extent fixed(Extent extent, Map<String, Long> sizes) {
    return extent instanceof Named(String name) && sizes.containsKey(name)
        ? new Size(sizes.get(name))
        : extent;
  }
}
