package dev.gatun.bench.report;

import java.util.List;

/**
 * How a benchmark measured.
 *
 * @param forks processes per device, one after the other
 * @param rounds per process; devices take turns in each
 * @param seconds that a device has for a test in a round, at least one query
 * @param steadiness when the warm-up ends, in words
 * @param confidence how the intervals were found, in words
 * @param significance which test, in words
 * @param threads of each device that was not told otherwise
 * @param batch tokens of one prefill block; 0 for no language model
 * @param jvm version and vendor
 * @param jvmFlags of the measuring processes
 * @param settings that the user gave
 */
public record Method(
    int forks,
    int rounds,
    double seconds,
    String steadiness,
    String confidence,
    String significance,
    int threads,
    int batch,
    String jvm,
    List<String> jvmFlags,
    List<String> settings) {}
