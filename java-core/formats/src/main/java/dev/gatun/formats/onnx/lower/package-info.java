/**
 * Graphs to ONNX: {@link dev.gatun.formats.onnx.lower.OnnxExport}, for ONNX Runtime with its
 * contributed operators.
 */
package dev.gatun.formats.onnx.lower;
