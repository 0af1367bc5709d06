/** What repeated measurements say, and how surely. */
package dev.gatun.bench.stats;
