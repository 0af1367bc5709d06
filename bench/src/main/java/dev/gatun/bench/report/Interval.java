package dev.gatun.bench.report;

/** A figure with its 95 % confidence interval. */
public record Interval(double value, double low, double high) {}
