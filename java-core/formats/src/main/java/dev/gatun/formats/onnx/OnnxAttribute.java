package dev.gatun.formats.onnx;

import java.util.List;

/** The value of an AttributeProto. */
public sealed interface OnnxAttribute {
  /** INT. */
  record Int(long value) implements OnnxAttribute {}

  /** FLOAT. */
  record Real(float value) implements OnnxAttribute {}

  /** STRING. */
  record Text(String value) implements OnnxAttribute {}

  /** TENSOR. */
  record OfTensor(OnnxTensor value) implements OnnxAttribute {}

  /** GRAPH. */
  record OfGraph(OnnxGraph value) implements OnnxAttribute {}

  /** INTS. */
  record Ints(List<Long> values) implements OnnxAttribute {}

  /** FLOATS. */
  record Floats(List<Float> values) implements OnnxAttribute {}

  /** STRINGS. */
  record Texts(List<String> values) implements OnnxAttribute {}

  /** The attribute of this name of the function that the node stands in. */
  record Reference(String attribute) implements OnnxAttribute {}

  /** A kind that Gatun does not read: sparse tensors, types. */
  record Unread(long kind) implements OnnxAttribute {}
}
