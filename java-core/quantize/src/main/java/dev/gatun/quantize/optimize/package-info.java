/**
 * Search for the types that a model can be quantized to under a goal: artifacts are made, measured
 * on this machine and kept by the digest of what they were made of.
 */
package dev.gatun.quantize.optimize;
