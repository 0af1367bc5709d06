/**
 * What backends share that hand a slice to a vendor's compiler: sequences and their caches outside
 * of it, buffers, the parts of a batch, fixed shapes and their padding.
 */
package dev.gatun.engine.compiled;
