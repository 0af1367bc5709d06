/** OpenVINO: core, models, compiled models, infer requests and tensors. */
package dev.gatun.openvino;
