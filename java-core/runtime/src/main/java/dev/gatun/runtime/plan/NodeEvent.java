package dev.gatun.runtime.plan;

/**
 * When a piece of one node's work ran.
 *
 * @param unit what ran it, in the device's words
 * @param worker which of the device's workers, from 0
 * @param start as {@link System#nanoTime} has it
 */
public record NodeEvent(
    String node, String op, String device, String unit, int worker, long start, long nanoseconds) {}
