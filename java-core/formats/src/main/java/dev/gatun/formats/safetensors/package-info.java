/** Safetensors: the tensors of Hugging Face and MLX models, in one file or a sharded folder. */
package dev.gatun.formats.safetensors;
