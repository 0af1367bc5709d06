/**
 * What a benchmark found, as data: the members of its JSON (schema {@link
 * dev.gatun.bench.report.BenchReport#SCHEMA}). Everything else that is printed comes from here.
 */
package dev.gatun.bench.report;
