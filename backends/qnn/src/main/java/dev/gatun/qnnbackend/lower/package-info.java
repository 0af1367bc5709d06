/** Graphs as operators of QNN: pure, tested without the library. */
package dev.gatun.qnnbackend.lower;
