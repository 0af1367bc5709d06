/** What is measured: a model on a device, ready for queries, and the work that a query is. */
package dev.gatun.bench.task;
