/** Which type to quantize a model to, with reasons. */
package dev.gatun.quantize.advise;
