package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.compile.Lowering.BatchInputs;
import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.AttendStep;
import dev.gatun.cpuengine.step.AttentionWorker;
import dev.gatun.cpuengine.step.BatchAttention;
import dev.gatun.cpuengine.step.CachedAttention;
import dev.gatun.cpuengine.step.CombineStep;
import dev.gatun.cpuengine.step.PartialSums;
import dev.gatun.cpuengine.step.RotaryStep;
import dev.gatun.cpuengine.step.RotaryTableStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StoreStep;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.state.CacheLayout.StateLayout;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.runtime.spi.BackendException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Rotary embedding and attention. */
final class AttentionLowering {
  private final Lowering lowering;
  private final Map<TableKey, Operand> tables = new HashMap<>();
  private final Map<String, Operand> stored = new HashMap<>();
  private final PaddedAttentionLowering padded;

  private record TableKey(Operand positions, Operand frequencies, float magnitude, int half) {}

  AttentionLowering(Lowering lowering) {
    this.lowering = lowering;
    padded = new PaddedAttentionLowering(lowering);
  }

  void rotary(Node node, RotaryEmbedding op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Extent rows = lowering.rows(x.type());
    Operand table = table(node, op, rows);
    Operand y = lowering.resultOver(node.output(), x);
    lowering.steps.add(
        new RotaryStep(
            info(
                node,
                lowering.kernels.name() + ".rotary",
                List.of(Access.aligned(in), Access.whole(table)),
                List.of(Access.aligned(y))),
            lowering.kernels.rotary(),
            op,
            in,
            table,
            y,
            rows));
  }

  private Operand table(Node node, RotaryEmbedding op, Extent rows) {
    Operand positions = lowering.operand(node.input(1));
    Operand frequencies = lowering.operand(node.input(2));
    int half = op.rotaryDim() / 2;
    var key = new TableKey(positions, frequencies, op.magnitude(), half);
    return tables.computeIfAbsent(
        key,
        absent -> {
          Operand table = lowering.storages().arena(bound -> 8L * bound.of(rows) * half);
          lowering.steps.add(
              new RotaryTableStep(
                  info(
                      node,
                      "engine.angles",
                      List.of(Access.whole(positions), Access.whole(frequencies)),
                      List.of(Access.whole(table))),
                  positions,
                  frequencies,
                  op.magnitude(),
                  table,
                  rows,
                  half));
          return table;
        });
  }

  void attention(Node node, Attention op) {
    if (node.input(0).type().rank() == 3) {
      padded.attention(node, op);
      return;
    }
    Operand q = lowering.operand(node.input(0));
    Operand k = lowering.operand(node.input(1));
    Operand v = op.spec().valueDim() == 0 ? null : lowering.operand(node.input(2));
    Extent rows = lowering.rows(node.input(0).type());
    int batch = batch(node, rows);
    AttentionKernels kernels = lowering.kernels.attention();
    ElementwiseKernels elementwise = lowering.kernels.elementwise();
    List<Access> reads = new ArrayList<>(List.of(Access.whole(q)));
    Supplier<AttentionWorker> maker;
    Operand partial = null;
    if (op.state().isPresent()) {
      if (lowering.stateBatch >= 0 && lowering.stateBatch != batch) {
        throw new BackendException(
            "node '" + node.name() + "': all states must be fed by the same positions");
      }
      lowering.stateBatch = batch;
      StateLayout layout = lowering.cache.state(op.state().get());
      reads.add(Access.whole(store(node, op, layout, k, v, batch, rows)));
      maker = () -> new CachedAttention(kernels, elementwise, op, layout);
      if (lowering.splits) {
        partial = lowering.storages().arena(bound -> PartialSums.bytes(op, rows, bound));
      }
    } else {
      reads.add(Access.whole(k));
      if (v != null) {
        reads.add(Access.whole(v));
      }
      maker = () -> new BatchAttention(kernels, elementwise, op, k, v);
    }
    Operand y = lowering.result(node.output());
    List<Access> writes = new ArrayList<>(List.of(Access.whole(y)));
    if (partial != null) {
      writes.add(Access.whole(partial));
    }
    String unit = lowering.kernels.name() + ".attention";
    lowering.steps.add(
        new AttendStep(
            info(node, unit, reads, writes),
            op,
            q,
            y,
            partial,
            maker.get()::scratchBytes,
            lowering.working(maker),
            batch,
            rows));
    if (partial != null) {
      lowering.steps.add(
          new CombineStep(
              info(node, unit, List.of(Access.whole(partial)), List.of(Access.whole(y))),
              elementwise,
              op,
              partial,
              y,
              batch,
              rows));
    }
  }

  private Operand store(
      Node node, Attention op, StateLayout layout, Operand k, Operand v, int batch, Extent rows) {
    Operand state =
        stored.computeIfAbsent(op.state().orElseThrow(), name -> lowering.storages().state());
    List<Access> reads = new ArrayList<>(List.of(Access.aligned(k)));
    if (v != null) {
      reads.add(Access.aligned(v));
    }
    lowering.steps.add(
        new StoreStep(
            info(node, lowering.kernels.name() + ".store", reads, List.of(Access.whole(state))),
            lowering.kernels.attention(),
            layout,
            k,
            v,
            batch,
            rows));
    return state;
  }

  private int batch(Node node, Extent rows) {
    return lowering.batch(
        new BatchInputs(
            lowering.operand(node.input(3)), lowering.operand(node.input(4)), rows, null));
  }
}
