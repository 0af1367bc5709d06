package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.state.BatchIndex;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One worker's attention: walks the tiles of keys that a block of queries sees. Mutable, so that a
 * unit of work allocates nothing; used by one worker.
 */
abstract class AttentionWorker {
  static final int TILE = AttentionKernels.TILE;

  final AttentionKernels kernels;
  final Attention op;
  final StateSpec spec;
  final int group;
  private final ElementwiseKernels elementwise;

  Frame frame;
  BatchIndex index;
  MemorySegment scratch;
  int span;
  int kvHead;

  /** The tile at hand: set by {@link #load}. */
  MemorySegment keys;

  long keysAt;
  MemorySegment values;
  long valuesAt;

  /** Where a tile can be decoded to. */
  long keyScratch;

  long valueScratch;

  private Operand q;
  private Operand y;
  private long base;
  private long queriesAt;
  private long scoresAt;
  private long sumsAt;
  private long statsAt;
  private int start;
  private int count;

  AttentionWorker(AttentionKernels kernels, ElementwiseKernels elementwise, Attention op) {
    this.kernels = kernels;
    this.elementwise = elementwise;
    this.op = op;
    spec = op.spec();
    group = op.heads() / spec.kvHeads();
  }

  /** Number of keys before which the last row of the block sees none, and all beyond none. */
  abstract int keyCount(int lastRow);

  /** First key that the row sees. */
  abstract int firstKey(int row);

  /** One more than the last key that the row sees. */
  abstract int endKey(int row);

  /** Makes a tile of keys and values available. */
  abstract void load(int tile, int keyCount);

  /** Hides single keys of a row's scores, where ranges do not tell; by default none. */
  void hide(int row, int tile, long scores) {}

  static long scratchBytes(Attention op, int queries) {
    StateSpec spec = op.spec();
    return bytes((long) queries * spec.keyDim())
        + bytes((long) queries * TILE)
        + bytes((long) queries * spec.effectiveValueDim())
        + bytes(2L * queries)
        + bytes((long) TILE * spec.keyDim())
        + bytes((long) TILE * spec.valueDim());
  }

  private static long bytes(long floats) {
    return (4 * floats + 63) / 64 * 64;
  }

  void begin(Frame current, BatchIndex batch, Operand queries, Operand result, long scratchAt) {
    frame = current;
    index = batch;
    q = queries;
    y = result;
    base = scratchAt;
    scratch = current.scratch();
  }

  void attend(int block, int head) {
    span = index.blockSpan(block);
    start = index.blockStart(block);
    count = index.blockEnd(block) - start;
    kvHead = head;
    place();
    gather();
    int keyCount = keyCount(index.row(start + count - 1));
    for (int tile = firstKey(index.row(start)) / TILE; tile * TILE < keyCount; tile++) {
      load(tile, keyCount);
      absorb(tile, keyCount);
    }
    scatter();
  }

  private void place() {
    int queries = count * group;
    queriesAt = base;
    scoresAt = queriesAt + bytes((long) queries * spec.keyDim());
    sumsAt = scoresAt + bytes((long) queries * TILE);
    statsAt = sumsAt + bytes((long) queries * spec.effectiveValueDim());
    keyScratch = statsAt + bytes(2L * queries);
    valueScratch = keyScratch + bytes((long) TILE * spec.keyDim());
  }

  private void gather() {
    int dim = spec.keyDim();
    for (int i = 0; i < count; i++) {
      long vector = (long) index.row(start + i) * op.heads() + (long) kvHead * group;
      elementwise.binaryScalar(
          Binary.Function.MUL,
          q.segment(frame),
          q.at(frame) + 4 * vector * dim,
          op.scale(),
          false,
          scratch,
          queriesAt + 4L * i * group * dim,
          group * dim);
    }
    long end = sumsAt + bytes((long) count * group * spec.effectiveValueDim());
    for (long at = sumsAt; at < end; at += 8) {
      scratch.set(ValueLayout.JAVA_LONG, at, 0);
    }
    for (int i = 0; i < count * group; i++) {
      scratch.set(ValueLayout.JAVA_FLOAT, statsAt + 8L * i, Float.NEGATIVE_INFINITY);
      scratch.set(ValueLayout.JAVA_FLOAT, statsAt + 8L * i + 4, 0);
    }
  }

  /** The running update for one tile; rows that see nothing of it are left out at the front. */
  private void absorb(int tile, int keyCount) {
    int first = tile * TILE;
    int skipped = 0;
    while (skipped < count && endKey(index.row(start + skipped)) <= first) {
      skipped++;
    }
    int queries = (count - skipped) * group;
    if (queries == 0) {
      return;
    }
    long from = (long) skipped * group;
    long s = scoresAt + 4 * from * TILE;
    kernels.scores(
        scratch,
        queriesAt + 4 * from * spec.keyDim(),
        queries,
        keys,
        keysAt,
        spec.keyDim(),
        scratch,
        s);
    if (op.softcap() != 0) {
      kernels.softcap(scratch, s, queries * TILE, op.softcap());
    }
    for (int i = skipped; i < count; i++) {
      weigh(i, first, tile);
    }
    int valueDim = spec.effectiveValueDim();
    long sums = sumsAt + 4 * from * valueDim;
    if (spec.valueDim() == 0) {
      kernels.accumulateKeys(scratch, s, queries, keys, keysAt, valueDim, scratch, sums);
    } else {
      int end = Math.min(TILE, keyCount - first);
      kernels.accumulate(scratch, s, queries, values, valuesAt, valueDim, 0, end, scratch, sums);
    }
  }

  private void weigh(int i, int first, int tile) {
    int row = index.row(start + i);
    int from = Math.max(0, firstKey(row) - first);
    int to = Math.min(TILE, endKey(row) - first);
    int dim = spec.effectiveValueDim();
    for (int query = i * group; query < (i + 1) * group; query++) {
      long scores = scoresAt + 4L * query * TILE;
      hide(row, tile, scores);
      kernels.weigh(
          scratch,
          scores,
          from,
          to,
          scratch,
          statsAt + 8L * query,
          scratch,
          sumsAt + 4L * query * dim,
          dim);
    }
  }

  private void scatter() {
    int dim = spec.effectiveValueDim();
    for (int i = 0; i < count * group; i++) {
      float sum = scratch.get(ValueLayout.JAVA_FLOAT, statsAt + 8L * i + 4);
      int head = kvHead * group + i % group;
      long vector = (long) index.row(start + i / group) * op.heads() + head;
      elementwise.binaryScalar(
          Binary.Function.MUL,
          scratch,
          sumsAt + 4L * i * dim,
          1 / sum,
          false,
          y.segment(frame),
          y.at(frame) + 4 * vector * dim,
          dim);
    }
  }
}
