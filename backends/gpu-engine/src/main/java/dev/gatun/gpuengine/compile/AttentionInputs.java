package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Value;

/**
 * What attention over tokens takes from the session, which fills it for each submission. A
 * <em>span</em> is the tokens of one sequence in a submission.
 *
 * @param positions the graph's input, I32 [rows]
 * @param sequences the graph's input, I32 [rows]
 * @param rows tokens of a submission
 * @param pool the pages of all sequences
 * @param slots I32 [rows]: where each token is stored, page * 64 + place in it
 * @param spans I32 [rows]: the span of each token
 * @param pages I32 [spans, {@link LaunchSizes#pageColumns}]: the pages of each span's sequence
 */
public record AttentionInputs(
    Value positions,
    Value sequences,
    Extent rows,
    Operand pool,
    Operand slots,
    Operand spans,
    Operand pages) {}
