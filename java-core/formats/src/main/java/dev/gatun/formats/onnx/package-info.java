/**
 * ONNX models. {@link dev.gatun.formats.onnx.OnnxFile} maps a file and reads its protocol buffer;
 * {@link dev.gatun.formats.onnx.OnnxImport} turns it into a {@link dev.gatun.graph.Graph}.
 *
 * <p>Three layers: {@code Wire} reads the encoding of protocol buffers, {@code MessageParser} and
 * {@code TensorParser} read ONNX's messages into the records named {@code Onnx…}, and {@code
 * importer} knows one class per family of ops.
 */
package dev.gatun.formats.onnx;
