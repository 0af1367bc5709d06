/** ONNX Runtime: sessions, values, devices, and where a session's nodes run. */
package dev.gatun.onnxruntime;
