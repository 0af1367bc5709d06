package dev.gatun.qnn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A tensor as a graph declares it; names are unique in a graph. Pure: nothing native belongs to it.
 *
 * @param quantization present for codes
 * @param dims outermost first; the last varies fastest
 * @param content writes the elements of a constant
 */
public record QnnTensor(
    String name,
    Role role,
    Elements elements,
    Optional<Quantization> quantization,
    List<Integer> dims,
    Optional<Content> content) {
  /** Who writes and reads a tensor. */
  public enum Role {
    INPUT,
    OUTPUT,
    BETWEEN_NODES,
    CONSTANT
  }

  /** Writes the elements of a constant when a graph declares it. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the elements.
     *
     * @param target native memory, exactly as long as the tensor
     */
    void write(MemorySegment target);
  }

  public QnnTensor {
    dims = List.copyOf(dims);
    if (content.isPresent() != (role == Role.CONSTANT)) {
      throw new IllegalArgumentException(name + ": constants have content, and nothing else has");
    }
    if (quantization.isPresent() != elements.isCoded()) {
      throw new IllegalArgumentException(name + ": " + elements + " with " + quantization);
    }
  }

  /** A tensor of plain elements that is no constant. */
  public static QnnTensor of(String name, Role role, Elements elements, List<Integer> dims) {
    return new QnnTensor(name, role, elements, Optional.empty(), dims, Optional.empty());
  }

  /** A constant of plain elements. */
  public static QnnTensor constant(
      String name, Elements elements, List<Integer> dims, Content content) {
    return new QnnTensor(
        name, Role.CONSTANT, elements, Optional.empty(), dims, Optional.of(content));
  }

  public int rank() {
    return dims.size();
  }

  /** The extent of an axis; a negative one counts from the end. */
  public int dim(int axis) {
    return dims.get(axis < 0 ? dims.size() + axis : axis);
  }

  public long count() {
    long count = 1;
    for (int dim : dims) {
      count = Math.multiplyExact(count, (long) dim);
    }
    return count;
  }

  /** Bytes of all elements. */
  public long bytes() {
    return Math.multiplyExact(count(), (long) elements.bytes());
  }
}
