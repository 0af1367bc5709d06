package dev.gatun.qnn;

import dev.gatun.qnn.generated.core.Qnn_TensorV1_t;
import dev.gatun.qnn.generated.core.Qnn_Tensor_t;
import java.lang.foreign.MemorySegment;

/** A tensor of a graph. */
public final class QnnTensor {
  private final String name;
  private final MemorySegment tensor;
  private final long bytes;

  QnnTensor(String name, MemorySegment tensor, long bytes) {
    this.name = name;
    this.tensor = tensor;
    this.bytes = bytes;
  }

  public String name() {
    return name;
  }

  /** Bytes of all elements. */
  public long bytes() {
    return bytes;
  }

  /** The number that the graph gave it. */
  public int id() {
    return Qnn_TensorV1_t.id(Qnn_Tensor_t.v1(tensor));
  }

  MemorySegment segment() {
    return tensor;
  }
}
