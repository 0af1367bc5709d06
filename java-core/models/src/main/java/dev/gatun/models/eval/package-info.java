/**
 * Measures of a model's arithmetic and quality, for whatever runs it: agreement with the recorded
 * outputs of another program ({@link dev.gatun.models.eval.ReferenceCheck}, {@link
 * dev.gatun.models.eval.TeacherForcing}) and {@link dev.gatun.models.eval.Perplexity}.
 *
 * <p>A runner implements {@link dev.gatun.models.eval.ForwardPass}.
 */
package dev.gatun.models.eval;
