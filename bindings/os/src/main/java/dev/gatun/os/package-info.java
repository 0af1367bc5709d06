/** Restricted access to memory, and the operating system's calls. */
package dev.gatun.os;
