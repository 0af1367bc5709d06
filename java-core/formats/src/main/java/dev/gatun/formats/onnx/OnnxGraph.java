package dev.gatun.formats.onnx;

import java.util.List;
import java.util.Map;

/**
 * A GraphProto.
 *
 * @param initializers by name, in the file's order
 * @param inputs among them, in old files, the initializers
 */
public record OnnxGraph(
    String name,
    List<OnnxNode> nodes,
    Map<String, OnnxTensor> initializers,
    List<OnnxValueInfo> inputs,
    List<OnnxValueInfo> outputs,
    List<OnnxValueInfo> values) {}
