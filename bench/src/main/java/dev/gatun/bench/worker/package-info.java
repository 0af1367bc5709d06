/**
 * Each device is measured in a process of its own, which takes orders over its standard input: its
 * code is compiled for it alone, its memory is its own, and a driver that crashes takes only its
 * rows away.
 */
package dev.gatun.bench.worker;
