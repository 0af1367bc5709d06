/** How contestants are measured beside each other, and what comes of their samples. */
package dev.gatun.bench.method;
