/** Graphs as models of OpenVINO: pure, without the vendor's library. */
package dev.gatun.openvinobackend.lower;
