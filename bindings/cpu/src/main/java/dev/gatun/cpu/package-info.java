/** The library of native/cpu, found and called. */
package dev.gatun.cpu;
