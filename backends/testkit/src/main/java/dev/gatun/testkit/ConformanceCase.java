package dev.gatun.testkit;

import java.util.function.Supplier;

/**
 * One test of a device against the reference.
 *
 * @param name {@code Op/variant}, unique in the suite; lists of refusals name cases by it
 * @param scenario makes the scenario; called when the case runs
 */
public record ConformanceCase(String name, Supplier<Scenario> scenario) {}
