/** Memory of the device: weights, session memory, buffers, and how bytes get there and back. */
package dev.gatun.gpuengine.memory;
