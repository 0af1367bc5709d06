/** The portable kernels: their texts, and the kernels that a driver compiled of them. */
package dev.gatun.gpuengine.kernel;
