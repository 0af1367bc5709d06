/** One run on a timeline, and the ops that take its time. */
package dev.gatun.bench.trace;
