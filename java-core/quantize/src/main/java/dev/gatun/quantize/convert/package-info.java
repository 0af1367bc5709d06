/**
 * Conversion of models between Hugging Face folders (safetensors, MLX's too) and GGUF.
 *
 * <p>Start at {@link dev.gatun.quantize.convert.Conversion}.
 */
package dev.gatun.quantize.convert;
