/** Objective-C messages, and Metal's path from source to result. */
package dev.gatun.metal;
