package dev.gatun.quantize.onnx;

/**
 * Between which numbers a value lies.
 *
 * @param low the least
 * @param high the greatest
 */
record ValueRange(float low, float high) {}
