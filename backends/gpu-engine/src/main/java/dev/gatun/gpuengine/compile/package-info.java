/** From a graph to launches: lowerings, steps, and the program of them. */
package dev.gatun.gpuengine.compile;
