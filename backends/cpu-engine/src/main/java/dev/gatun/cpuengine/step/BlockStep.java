package dev.gatun.cpuengine.step;

/** A row step that can also run on a range of columns: it can follow a product tile by tile. */
public interface BlockStep extends RowStep {
  /** Elements of a row. */
  int columns();

  /** Runs rows [fromRow, toRow) of columns [fromColumn, toColumn). */
  void block(Frame frame, int fromRow, int toRow, int fromColumn, int toColumn);

  @Override
  default void run(Frame frame, int from, int to, int worker) {
    block(frame, from, to, 0, columns());
  }
}
