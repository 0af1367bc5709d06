package dev.gatun.engine.batch;

import dev.gatun.engine.state.CacheLayout;
import java.util.Arrays;

/**
 * How the keys of a block of few queries are split among units of work, so that decoding with a
 * long context keeps all workers busy however few heads there are (Dao et al. 2023,
 * Flash-Decoding). Splits depend on the positions alone, so results depend neither on the number of
 * workers nor on other sequences; a prompt's rows, which are many, are not split, so that their
 * sums run in another order. Computed once per submission, without allocation but for growth.
 *
 * <p>The rows of split blocks are numbered: a row's partial results are combined afterwards.
 */
public final class SplitIndex {
  /** Most splits of a block. */
  public static final int MOST = 16;

  /** Most rows of a block that is split. */
  public static final int FEW_ROWS = 4;

  private static final int LEAST_TILES = 4;

  private int[] unitBlock = new int[MOST];
  private int[] unitSplit = new int[MOST];
  private final int[] splits;
  private final int[] tiles;
  private final int[] firstRow;
  private final int[] rowBlock;
  private int units;
  private int rows;

  SplitIndex(int capacity) {
    splits = new int[capacity];
    tiles = new int[capacity];
    firstRow = new int[capacity];
    rowBlock = new int[capacity];
  }

  void build(BatchIndex batch) {
    units = 0;
    rows = 0;
    for (int block = 0; block < batch.blocks(); block++) {
      int count = batch.blockEnd(block) - batch.blockStart(block);
      int keys = batch.position(batch.row(batch.blockEnd(block) - 1)) + 1;
      int all = (keys + CacheLayout.PAGE - 1) / CacheLayout.PAGE;
      boolean whole = count > FEW_ROWS || all <= LEAST_TILES;
      tiles[block] = whole ? all : Math.max(LEAST_TILES, (all + MOST - 1) / MOST);
      splits[block] = whole ? 1 : (all + tiles[block] - 1) / tiles[block];
      firstRow[block] = rows;
      if (!whole) {
        Arrays.fill(rowBlock, rows, rows + count, block);
        rows += count;
      }
      add(block);
    }
  }

  private void add(int block) {
    if (units + splits[block] > unitBlock.length) {
      int capacity = 2 * Math.max(units, splits[block]);
      unitBlock = Arrays.copyOf(unitBlock, capacity);
      unitSplit = Arrays.copyOf(unitSplit, capacity);
    }
    for (int split = 0; split < splits[block]; split++) {
      unitBlock[units] = block;
      unitSplit[units++] = split;
    }
  }

  /** Splits of all blocks. */
  public int units() {
    return units;
  }

  /** Block of a unit. */
  public int block(int unit) {
    return unitBlock[unit];
  }

  /** Number of a unit among those of its block. */
  public int split(int unit) {
    return unitSplit[unit];
  }

  /** Splits of a block. */
  public int splits(int block) {
    return splits[block];
  }

  /** Tiles of each split of a block but the last. */
  public int tiles(int block) {
    return tiles[block];
  }

  /** Rows of all blocks that are split. */
  public int rows() {
    return rows;
  }

  /** Number of a split block's first row among {@link #rows()}. */
  public int firstRow(int block) {
    return firstRow[block];
  }

  /** Block of a row of {@link #rows()}. */
  public int blockOf(int row) {
    return rowBlock[row];
  }
}
