package dev.gatun.openvinobackend.ir;

import java.lang.foreign.MemorySegment;

/**
 * A model in OpenVINO's intermediate representation.
 *
 * @param xml layers and edges
 * @param weights the constants, native memory
 */
public record IrModel(String xml, MemorySegment weights) {}
