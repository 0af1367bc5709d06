package dev.gatun.runtime.spi;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The inputs of one submission: tokens with their positions and sequences, and the rows wanted; or
 * tensors by input name; or both. Reused from step to step: filling it allocates nothing.
 *
 * <p>The four token arrays feed the graph's inputs {@code tokens}, {@code positions}, {@code
 * sequences} [tokens] and {@code rows} [rows], all I32. An input of such a name and another type is
 * a tensor like others.
 *
 * <p>The symbols of these arrays are called {@code tokens} and {@code rows}. A slice from the
 * middle of a graph may have none of the four inputs: its symbols of these names have the batch's
 * sizes all the same. Sizes of other symbols come from the tensors. Imported models have no symbols
 * of these names.
 *
 * <p>Tokens of one sequence stand in ascending, gapless order of position and continue what the
 * session has stored. Not thread-safe.
 */
public final class Batch {
  public static final String TOKENS = "tokens";
  public static final String POSITIONS = "positions";
  public static final String SEQUENCES = "sequences";
  public static final String ROWS = "rows";

  private final int[] tokens;
  private final int[] positions;
  private final int[] sequences;
  private final int[] rows;
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final Map<String, Tensor> tensorsView = Collections.unmodifiableMap(tensors);
  private int size;
  private int rowCount;

  /**
   * An empty batch.
   *
   * @param capacity most tokens it will hold, 0 for a batch of tensors
   */
  public Batch(int capacity) {
    tokens = new int[capacity];
    positions = new int[capacity];
    sequences = new int[capacity];
    rows = new int[capacity];
  }

  /** Forgets everything. */
  public void clear() {
    size = 0;
    rowCount = 0;
    tensors.clear();
  }

  /**
   * Adds a token.
   *
   * @param wanted whether the output row of this token is wanted
   * @throws IndexOutOfBoundsException when the batch is full
   */
  public void add(int token, int position, int sequence, boolean wanted) {
    if (size == tokens.length) {
      throw new IndexOutOfBoundsException("batch is full at " + size + " tokens");
    }
    tokens[size] = token;
    positions[size] = position;
    sequences[size] = sequence;
    if (wanted) {
      rows[rowCount++] = size;
    }
    size++;
  }

  /** Sets an input by name. The tensor is borrowed until the submission's fence is done. */
  public void set(String input, Tensor tensor) {
    tensors.put(input, tensor);
  }

  /** Number of tokens. */
  public int size() {
    return size;
  }

  /** Number of rows wanted. */
  public int rowCount() {
    return rowCount;
  }

  public int token(int index) {
    return tokens[checked(index, size)];
  }

  public int position(int index) {
    return positions[checked(index, size)];
  }

  public int sequence(int index) {
    return sequences[checked(index, size)];
  }

  /** Index of the token whose output is row {@code index}. */
  public int row(int index) {
    return rows[checked(index, rowCount)];
  }

  /** Whether an input is one of the four that the token arrays feed. */
  public static boolean feeds(Value input) {
    return switch (input.name()) {
      case TOKENS, POSITIONS, SEQUENCES -> isArray(input, TOKENS);
      case ROWS -> isArray(input, ROWS);
      default -> false;
    };
  }

  private static boolean isArray(Value input, String symbol) {
    return input.type().dtype() == DType.I32
        && input.type().rank() == 1
        && input.type().dim(0) instanceof Dim.Symbol length
        && length.name().equals(symbol);
  }

  /** The tensor given for an input, or null. Allocates nothing. */
  public Tensor tensor(String input) {
    return tensors.isEmpty() ? null : tensors.get(input);
  }

  /** Inputs given as tensors; read only. */
  public Map<String, Tensor> tensors() {
    return tensorsView;
  }

  private static int checked(int index, int limit) {
    return java.util.Objects.checkIndex(index, limit);
  }
}
