package dev.gatun.formats.onnx;

import java.util.List;

/** Turns one node of an ONNX model into nodes of a graph. */
@FunctionalInterface
interface OpImporter {
  /** The node's outputs, in order; trailing ones that are optional may be missing. */
  List<Imported> run(NodeScope node);
}
