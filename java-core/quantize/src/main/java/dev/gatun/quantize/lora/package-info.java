/** Low-rank adapters, added to the weights of a model. */
package dev.gatun.quantize.lora;
