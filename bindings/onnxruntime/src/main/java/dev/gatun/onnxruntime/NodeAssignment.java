package dev.gatun.onnxruntime;

/**
 * Where the library put a node of the graph that it made by its basic optimizations.
 *
 * @param node the node's name, which may be the library's own
 * @param domain of its operator; empty for ONNX's
 * @param operator {@code MatMul}
 * @param provider the execution provider that runs it
 * @param group number of the part of the graph that runs as one unit, or that this node is
 */
public record NodeAssignment(
    String node, String domain, String operator, String provider, int group) {}
