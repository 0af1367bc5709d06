/** Writes OpenVINO's intermediate representation. */
package dev.gatun.openvinobackend.ir;
