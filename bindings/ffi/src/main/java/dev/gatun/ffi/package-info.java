/** Libraries, handles and text on the native side. */
package dev.gatun.ffi;
