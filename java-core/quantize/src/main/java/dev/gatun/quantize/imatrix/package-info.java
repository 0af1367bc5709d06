/**
 * Importance matrices: how much each column of a weight matters, from the inputs that it sees on a
 * text. {@link dev.gatun.quantize.imatrix.ImportanceMatrixFile} reads and writes llama.cpp's two
 * forms; {@link dev.gatun.quantize.imatrix.ImportanceMatrix#weights} is what a quantizer takes.
 */
package dev.gatun.quantize.imatrix;
