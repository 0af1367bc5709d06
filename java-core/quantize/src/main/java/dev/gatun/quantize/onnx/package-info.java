/**
 * Quantization of ONNX models: weights in blocks of few bits, dynamic and static INT8, half floats.
 * {@link dev.gatun.quantize.onnx.OnnxQuantizer} is the door.
 */
package dev.gatun.quantize.onnx;
