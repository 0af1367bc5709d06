package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.QueryBlock;
import dev.gatun.cpuengine.kernel.StoredTiles;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One worker's attention: a block of queries over the tiles of keys that they see, or over some of
 * them. Mutable, so that a unit of work allocates nothing; used by one worker.
 */
public abstract class AttentionWorker implements StoredTiles {
  static final int TILE = AttentionKernels.TILE;

  final AttentionKernels kernels;
  final Attention op;
  final StateSpec spec;
  final int group;

  /** Elements of a key; one more than the model's where the last is the key's bias. */
  final int keyWidth;

  final QueryBlock block = new QueryBlock();
  private final ElementwiseKernels elementwise;

  Frame frame;
  BatchIndex index;
  MemorySegment scratch;
  int span;
  int kvHead;

  private Operand q;
  private Operand y;
  private Operand partial;
  private long base;
  private int start;
  private int count;

  AttentionWorker(
      AttentionKernels kernels, ElementwiseKernels elementwise, Attention op, boolean biased) {
    this.kernels = kernels;
    this.elementwise = elementwise;
    this.op = op;
    spec = op.spec();
    keyWidth = spec.keyDim() + (biased ? 1 : 0);
    group = op.heads() / spec.kvHeads();
  }

  /** First key that the row sees. */
  abstract int firstKey(int row);

  /** One more than the last key that the row sees. */
  abstract int endKey(int row);

  /** The running update for tiles [fromTile, toTile). */
  abstract void walk(int fromTile, int toTile);

  /** Bytes that {@link #walk} needs beside the block. */
  long ownBytes() {
    return 0;
  }

  /** Bytes of working memory for this many queries. */
  public long scratchBytes(int queries) {
    int dim = spec.effectiveValueDim();
    return bytes((long) queries * keyWidth)
        + bytes((long) queries * dim)
        + 2 * bytes(2L * queries)
        + ownBytes()
        + kernels.attendBytes(queries, keyWidth, dim);
  }

  static long bytes(long floats) {
    return (4 * floats + 63) / 64 * 64;
  }

  void begin(Frame current, BatchIndex batch, AttendStep step, int worker) {
    frame = current;
    index = batch;
    q = step.q();
    y = step.y();
    partial = step.partial();
    base = current.scratchAt(worker);
    scratch = current.scratch();
  }

  /** All keys of a block. */
  void attend(int number, int head) {
    place(number, head);
    walk(block.firstKey(0) / TILE, tiles());
    scatter();
  }

  /** Some keys of a block. */
  void attend(int number, int head, int split) {
    if (index.splits().splits(number) == 1) {
      attend(number, head);
      return;
    }
    place(number, head);
    int tiles = index.splits().tiles(number);
    int from = Math.max(split * tiles, block.firstKey(0) / TILE);
    walk(from, Math.max(from, Math.min((split + 1) * tiles, tiles())));
    keep(index.splits().firstRow(number), split);
  }

  private int tiles() {
    return (block.endKey(block.queries - 1) + TILE - 1) / TILE;
  }

  private void place(int number, int head) {
    span = index.blockSpan(number);
    start = index.blockStart(number);
    count = index.blockEnd(number) - start;
    kvHead = head;
    int queries = count * group;
    int dim = spec.effectiveValueDim();
    block.memory = scratch;
    block.queries = queries;
    block.keyDim = keyWidth;
    block.valueDim = dim;
    block.valueView = spec.valueDim() == 0;
    block.softcap = op.softcap();
    block.queriesAt = base;
    block.sumsAt = block.queriesAt + bytes((long) queries * keyWidth);
    block.statsAt = block.sumsAt + bytes((long) queries * dim);
    block.rangesAt = block.statsAt + bytes(2L * queries);
    block.scratchAt = block.rangesAt + bytes(2L * queries) + ownBytes();
    gather();
  }

  private void gather() {
    int dim = spec.keyDim();
    for (int i = 0; i < count; i++) {
      int row = index.row(start + i);
      long from = q.at(frame) + 4 * ((long) row * op.heads() + (long) kvHead * group) * dim;
      long to = block.queriesAt + 4L * i * group * keyWidth;
      if (keyWidth == dim) {
        scale(from, to, group * dim);
      } else {
        for (int query = 0; query < group; query++) {
          scale(from + 4L * query * dim, to + 4L * query * keyWidth, dim);
          // The key's last element is its bias: it counts once.
          scratch.set(ValueLayout.JAVA_FLOAT, to + 4L * (query * keyWidth + dim), 1);
        }
      }
      int first = firstKey(row);
      int end = endKey(row);
      for (int query = i * group; query < (i + 1) * group; query++) {
        scratch.set(ValueLayout.JAVA_FLOAT, block.statsAt + 8L * query, Float.NEGATIVE_INFINITY);
        scratch.set(ValueLayout.JAVA_FLOAT, block.statsAt + 8L * query + 4, 0);
        scratch.set(ValueLayout.JAVA_INT, block.rangesAt + 8L * query, first);
        scratch.set(ValueLayout.JAVA_INT, block.rangesAt + 8L * query + 4, end);
      }
    }
    for (long at = block.sumsAt; at < block.statsAt; at += 8) {
      scratch.set(ValueLayout.JAVA_LONG, at, 0);
    }
  }

  private void scale(long from, long to, int elements) {
    elementwise.binaryScalar(
        Binary.Function.MUL, q.segment(frame), from, op.scale(), false, scratch, to, elements);
  }

  /** The index in the batch of the row that a query of the block belongs to. */
  int row(int query) {
    return index.row(start + query / group);
  }

  private void keep(int firstRow, int split) {
    MemorySegment memory = partial.segment(frame);
    int dim = spec.effectiveValueDim();
    for (int i = 0; i < count; i++) {
      long at = partial.at(frame) + PartialSums.at(op, firstRow + i, split, kvHead);
      long query = (long) i * group;
      long sums = 4L * group * dim;
      MemorySegment.copy(scratch, block.sumsAt + 4 * query * dim, memory, at, sums);
      MemorySegment.copy(scratch, block.statsAt + 8 * query, memory, at + sums, 8L * group);
    }
  }

  private void scatter() {
    int dim = spec.effectiveValueDim();
    for (int i = 0; i < block.queries; i++) {
      float sum = scratch.get(ValueLayout.JAVA_FLOAT, block.statsAt + 8L * i + 4);
      long vector = (long) row(i) * op.heads() + (long) kvHead * group + i % group;
      elementwise.binaryScalar(
          Binary.Function.MUL,
          scratch,
          block.sumsAt + 4L * i * dim,
          1 / sum,
          false,
          y.segment(frame),
          y.at(frame) + 4 * vector * dim,
          dim);
    }
  }
}
