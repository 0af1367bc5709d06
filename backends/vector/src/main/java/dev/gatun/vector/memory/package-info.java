/** How kernels reach native memory. */
package dev.gatun.vector.memory;
