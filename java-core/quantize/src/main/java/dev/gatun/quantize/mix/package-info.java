/** Which type each tensor of a quantized file gets. */
package dev.gatun.quantize.mix;
