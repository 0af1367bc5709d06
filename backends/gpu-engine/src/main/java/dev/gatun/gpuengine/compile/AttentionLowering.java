package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.engine.state.CacheLayout.StateLayout;
import dev.gatun.gpuengine.state.AttentionSplits;
import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Rotary embedding, and attention over the paged cache. */
final class AttentionLowering implements OpLowering {
  private static final int THREADS = 128;

  /** Tokens of a submission that are few, so that each has groups of its own. */
  private static final int FEW = AttentionSplits.FEW_ROWS;

  /** Rows of a block: queries times the heads that share a key-value head. */
  private static final int BLOCK = 16;

  private static final int CACHE_BLOCK = 32;

  private static final int MOST_KEY = 576;
  private static final int MOST_VALUE = 128;
  private static final int MOST_WIDE_VALUE = 512;

  private final GpuLowering lowering;
  private final Map<String, CacheLayout.StateLayout> stored = new HashMap<>();

  AttentionLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  /** Bytes of one head's keys or values of a page, as cache.h in {@code native/gpu} stores them. */
  static long tileBytes(DType dtype, int dim) {
    return dtype == DType.Q8_0
        ? CacheLayout.PAGE * (dim + 2L * blocks(dim))
        : dtype.byteSize((long) CacheLayout.PAGE * dim);
  }

  /** Blocks of a row that have a scale each in a cache of Q8_0. */
  private static int blocks(int dim) {
    return (dim + CACHE_BLOCK - 1) / CACHE_BLOCK;
  }

  static String refusal(Acceptance acceptance, Node node) {
    return switch (node.op()) {
      case RotaryEmbedding _ ->
          node.input(1).type().dtype() == DType.I32
              ? acceptance.computed(node, 0, 2)
              : "positions are " + node.input(1).type().dtype() + ", not I32";
      case Attention op -> attention(acceptance, node, op);
      default -> "no kernel for " + node.op().type();
    };
  }

  private static String attention(Acceptance acceptance, Node node, Attention op) {
    if (op.state().isEmpty()) {
      return "no kernel for attention without a state";
    }
    for (int i = 3; i < 5; i++) {
      Value ids = node.input(i);
      if (!acceptance.graph().inputs().contains(ids) || ids.type().dtype() != DType.I32) {
        return "'" + ids.name() + "' is not an I32 input of the graph";
      }
    }
    StateSpec spec = op.spec();
    if (!acceptance.has("append_kv_" + Acceptance.suffix(spec.dtype()))) {
      return "states of " + spec.dtype() + " are not kept";
    }
    if (spec.keyDim() > MOST_KEY || spec.effectiveValueDim() > MOST_WIDE_VALUE) {
      return "heads of %d and %d elements are more than %d and %d"
          .formatted(spec.keyDim(), spec.effectiveValueDim(), MOST_KEY, MOST_WIDE_VALUE);
    }
    return acceptance.computed(node, 0, 1, 2);
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case RotaryEmbedding op -> rotary(node, op);
      case Attention op -> attention(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void rotary(Node node, RotaryEmbedding op) {
    Value x = node.input(0);
    ColumnRange in = ColumnRange.of(lowering, x);
    Operand positions = lowering.operand(node.input(1));
    Operand inverse = lowering.operand(node.input(2));
    Extent rows = lowering.rows(x.type());
    int width = op.heads() * op.headDim();
    long units = (long) op.heads() * (op.headDim() - op.rotaryDim() / 2);
    Operand y = in.part() ? lowering.result(node.output()) : lowering.resultOver(node.output(), x);
    lowering
        .launch(node, "rotary")
        .memory(in.at())
        .memory(positions)
        .memory(inverse)
        .memory(y)
        .integer(rows)
        .integer(op.heads())
        .integer(op.headDim())
        .integer(op.offset())
        .integer(op.rotaryDim())
        .integer(op.interleaved())
        .integer(in.stride())
        .integer(width)
        .real(op.magnitude())
        .run(Grid.groups(Size.fixed(units).pieces(THREADS), Size.of(rows), THREADS));
  }

  private void attention(Node node, Attention op) {
    AttentionInputs inputs = lowering.attention(node);
    StateLayout layout = lowering.cache().state(op.state().orElseThrow());
    StateSpec spec = layout.spec();
    ColumnRange k = ColumnRange.of(lowering, node.input(1));
    ColumnRange v = spec.valueDim() == 0 ? null : ColumnRange.of(lowering, node.input(2));
    String dtype = Acceptance.suffix(spec.dtype());
    long each =
        spec.dtype() == DType.Q8_0
            ? blocks(spec.keyDim()) + blocks(spec.valueDim())
            : spec.keyDim() + spec.valueDim();
    long width = spec.kvHeads() * each;
    Size rows = Size.of(inputs.rows());
    if (stored.put(op.state().get(), layout) == null) {
      lowering
          .launch(node, "append_kv_" + dtype)
          .memory(k.at())
          .memory(v == null ? null : v.at())
          .memory(inputs.slots())
          .memory(inputs.pool())
          .wide(lowering.cache().pageBytes())
          .wide(layout.offset())
          .integer(rows)
          .integer(spec.kvHeads())
          .integer(spec.keyDim())
          .integer(spec.valueDim())
          .integer(k.stride())
          .integer(v == null ? Size.fixed(0) : v.stride())
          .run(Grid.groups(Size.fixed(width).pieces(THREADS), rows, THREADS));
    }
    int value = spec.effectiveValueDim();
    String suffix = (value > MOST_VALUE ? "wide_" : "") + dtype;
    Operand y = lowering.result(node.output());
    if (lowering.arithmetic().deterministic()) {
      attend(node, layout, "attention_" + suffix, y)
          .run(Grid.groups(Size.fixed(op.heads()), rows, THREADS));
      return;
    }
    Size few = sizes -> sizes.splits() == 1 ? rows.within(1, FEW).of(sizes) : 0;
    Size heads = Size.fixed(op.heads());
    attend(node, layout, "attention_" + suffix, y).run(Grid.groups(heads, few, THREADS));
    // Many tokens: blocks of queries share what they read.
    int group = op.heads() / spec.kvHeads();
    long blocks = (long) spec.kvHeads() * ((group + BLOCK - 1) / BLOCK);
    Size many = rows.within(FEW + 1, Long.MAX_VALUE).pieces(Math.max(1, BLOCK / group));
    attend(node, layout, "attention_blocks_" + suffix, y)
        .run(Grid.groups(Size.fixed(blocks), many, THREADS));
    // Few queries of a long context: its pages are divided among groups.
    Operand partial =
        lowering
            .storages()
            .arena(
                bound -> AttentionSplits.partialBytes(bound.of(inputs.rows()), op.heads(), value));
    Size splits = sizes -> sizes.splits() == 1 ? 0 : sizes.splits();
    attend(node, layout, "attention_split_" + suffix, partial)
        .run(new Grid(THREADS, heads, rows, splits));
    parameters(lowering.launch(node, "attention_combine").memory(partial).memory(y), node, layout)
        .run(Grid.groups(sizes -> sizes.splits() == 1 ? 0 : op.heads(), rows, THREADS));
  }

  /** A kernel that reads the cache. */
  private KernelStep.Builder attend(Node node, StateLayout layout, String kernel, Operand y) {
    AttentionInputs inputs = lowering.attention(node);
    return parameters(
        lowering
            .launch(node, kernel)
            .memory(ColumnRange.of(lowering, node.input(0)).at())
            .memory(inputs.pool())
            .memory(inputs.pages())
            .memory(inputs.spans())
            .memory(lowering.operand(inputs.positions()))
            .memory(y),
        node,
        layout);
  }

  /** AttentionParams of attention.h. */
  private KernelStep.Builder parameters(KernelStep.Builder step, Node node, StateLayout layout) {
    Attention op = (Attention) node.op();
    StateSpec spec = layout.spec();
    return step.wide(lowering.cache().pageBytes())
        .wide(layout.offset())
        .integer(lowering.attention().rows())
        .integer(op.heads())
        .integer(spec.kvHeads())
        .integer(spec.keyDim())
        .integer(spec.valueDim())
        .integer(spec.valueView())
        .integer(spec.window())
        .integer(LaunchSizes::pageColumns)
        .integer(ColumnRange.of(lowering, node.input(0)).stride())
        .integer((long) op.heads() * spec.effectiveValueDim())
        .integer(LaunchSizes::splits)
        .real(op.scale())
        .real(op.softcap());
  }
}
