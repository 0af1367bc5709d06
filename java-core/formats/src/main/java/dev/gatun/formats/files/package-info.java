/** Writing files that appear only when they are complete. */
package dev.gatun.formats.files;
