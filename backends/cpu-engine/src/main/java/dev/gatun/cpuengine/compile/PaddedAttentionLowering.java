package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.compile.Lowering.BatchInputs;
import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.AttendStep;
import dev.gatun.cpuengine.step.AttentionWorker;
import dev.gatun.cpuengine.step.KeyValueTiles;
import dev.gatun.cpuengine.step.PaddedAttention;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.TileStep;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Attention over a padded batch: keys and values become tiles once, then all queries meet them. */
final class PaddedAttentionLowering {
  private final Lowering lowering;

  PaddedAttentionLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  void attention(Node node, Attention op) {
    ValueType type = node.input(0).type();
    Extent rows = lowering.rows(type);
    Extent length = lowering.extents().of(type.dim(1));
    int batch = lowering.batch(new BatchInputs(null, null, rows, length));
    KeyValueTiles tiles = tiles(node, op, rows, length);
    Operand q = lowering.operand(node.input(0));
    Operand y = lowering.result(node.output());
    AttentionKernels kernels = lowering.kernels.attention();
    ElementwiseKernels elementwise = lowering.kernels.elementwise();
    Supplier<AttentionWorker> maker = () -> new PaddedAttention(kernels, elementwise, op, tiles);
    lowering.steps.add(
        new AttendStep(
            info(
                node,
                lowering.kernels.name() + ".attention",
                List.of(Access.whole(q), Access.whole(tiles.tiles())),
                List.of(Access.whole(y))),
            op,
            q,
            y,
            null,
            maker.get()::scratchBytes,
            lowering.working(maker),
            batch,
            rows));
  }

  private KeyValueTiles tiles(Node node, Attention op, Extent rows, Extent length) {
    Operand k = lowering.operand(node.input(1));
    Operand v = op.spec().valueDim() == 0 ? null : lowering.operand(node.input(2));
    Operand bias = node.input(5).isAbsent() ? null : lowering.operand(node.input(5));
    List<Access> reads = new ArrayList<>(List.of(Access.whole(k)));
    if (v != null) {
      reads.add(Access.whole(v));
    }
    if (bias != null) {
      reads.add(Access.whole(bias));
    }
    var layout = new KeyValueTiles(op.spec(), null, bias != null);
    Extent sequences = lowering.extents().of(node.input(0).type().dim(0));
    Operand memory =
        lowering.storages().arena(bound -> layout.bytes(bound.of(sequences), bound.of(length)));
    var tiles = new KeyValueTiles(op.spec(), memory, bias != null);
    lowering.steps.add(
        new TileStep(
            info(node, lowering.kernels.name() + ".store", reads, List.of(Access.whole(memory))),
            lowering.kernels.attention(),
            tiles,
            k,
            v,
            bias,
            rows,
            length));
    return tiles;
  }
}
