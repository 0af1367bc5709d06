package dev.gatun.formats.onnx;

import java.util.List;
import java.util.Map;

/**
 * A FunctionProto: an operator that the model defines by others.
 *
 * @param defaults attributes that a call may leave out
 * @param opsets version of each operator set that its nodes use
 */
public record OnnxFunction(
    String domain,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, OnnxAttribute> defaults,
    List<OnnxNode> nodes,
    Map<String, Long> opsets) {
  public OnnxFunction {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    defaults = Map.copyOf(defaults);
    nodes = List.copyOf(nodes);
    opsets = Map.copyOf(opsets);
  }
}
