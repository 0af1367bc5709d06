package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.engine.memory.Operand;

/**
 * Where the rows of all experts are prepared for a kernel.
 *
 * @param pitch bytes per pair
 */
public record PreparedRows(MatMulKernel kernel, Operand memory, long pitch) {}
