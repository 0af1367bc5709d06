/**
 * Decoders whose intermediate values can be read while they read a text, on any backend: what
 * importance matrices, calibration and errors by layer stand on.
 */
package dev.gatun.quantize.observe;
