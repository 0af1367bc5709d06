/** The paged cache of keys and values on the device, and the tables that attention reads. */
package dev.gatun.gpuengine.state;
