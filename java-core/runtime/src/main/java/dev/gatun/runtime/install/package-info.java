/**
 * Vendors' runtimes: finds copies on this machine, installs pinned ones, checks and removes them.
 */
package dev.gatun.runtime.install;
