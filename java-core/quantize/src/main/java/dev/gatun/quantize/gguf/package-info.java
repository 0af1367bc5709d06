/** GGUF files quantized to other types, as a stream of bounded memory. */
package dev.gatun.quantize.gguf;
