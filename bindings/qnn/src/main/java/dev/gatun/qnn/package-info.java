/** Qualcomm's QNN: providers, contexts, graphs. */
package dev.gatun.qnn;
