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

  /** A kind that Gatun does not read: sparse tensors, types, references to function attributes. */
  record Unread(long kind) implements OnnxAttribute {}
}
