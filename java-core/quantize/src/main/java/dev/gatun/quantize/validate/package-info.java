/**
 * What a change of a model costs: predictions compared with a reference's ({@link
 * dev.gatun.models.eval.Divergence}, kept in {@link dev.gatun.quantize.validate.LogitsFile}),
 * weights and activations layer by layer, and limits for all of it.
 */
package dev.gatun.quantize.validate;
