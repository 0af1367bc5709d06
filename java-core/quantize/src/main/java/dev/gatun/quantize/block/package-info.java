/** Quantizers of blocks: rows of numbers into the bytes of one type. */
package dev.gatun.quantize.block;
