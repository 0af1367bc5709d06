/** What the engine needs of a GPU, and each backend gives. */
package dev.gatun.gpuengine.driver;
