package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtTensor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One buffer of one sequence's state: keys or values of a layer. The model reads and writes it in
 * place; see {@link LoweredState}.
 */
final class Cache implements AutoCloseable {
  private final LoweredState.Cache layout;
  private final OrtEnvironment environment;
  private SessionBuffer memory;
  private OrtTensor view;
  private int capacity;

  Cache(LoweredState.Cache layout, OrtEnvironment environment, String device, int capacity) {
    this.layout = layout;
    this.environment = environment;
    allocate(device, capacity);
  }

  private void allocate(String device, int positions) {
    capacity = positions;
    memory = new SessionBuffer(device);
    memory.atLeast(layout.byteSize(positions));
    try {
      view = environment.tensor(layout.dtype(), layout.shape(positions), memory.memory());
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /** The model reads and writes this buffer from now on. */
  void bind(OrtBinding binding) {
    binding.input(layout.past(), view);
    binding.output(layout.present(), view);
  }

  /** Makes room, keeping the first positions. */
  void grow(int positions, int keep) {
    SessionBuffer old = memory;
    OrtTensor oldView = view;
    int oldCapacity = capacity;
    allocate(old.device(), positions);
    copyRows(old.memory(), oldCapacity, memory.memory(), capacity, keep);
    oldView.close();
    old.close();
  }

  /** Copies the first positions of another sequence's buffer. */
  void copyFrom(Cache other, int positions) {
    copyRows(other.memory.memory(), other.capacity, memory.memory(), capacity, positions);
  }

  private long rowBytes() {
    return layout
        .dtype()
        .byteSize(layout.positionsFirst() ? (long) layout.heads() * layout.dim() : layout.dim());
  }

  /** Separate runs of positions: one per head, or one. */
  private int runs() {
    return layout.positionsFirst() ? 1 : layout.heads();
  }

  private void copyRows(
      MemorySegment from, int fromCapacity, MemorySegment to, int toCapacity, int positions) {
    long row = rowBytes();
    for (long run = 0; run < runs(); run++) {
      MemorySegment.copy(
          from, run * fromCapacity * row, to, run * toCapacity * row, positions * row);
    }
  }

  void save(int positions, DataOutputStream out) throws IOException {
    long row = rowBytes();
    for (long run = 0; run < runs(); run++) {
      MemorySegment part = memory.memory().asSlice(run * capacity * row, positions * row);
      out.write(part.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  void restore(int positions, DataInputStream in) throws IOException {
    long row = rowBytes();
    for (long run = 0; run < runs(); run++) {
      byte[] part = in.readNBytes(Math.toIntExact(positions * row));
      if (part.length < positions * row) {
        throw new java.io.EOFException("the saved state is cut");
      }
      MemorySegment.copy(
          part, 0, memory.memory(), ValueLayout.JAVA_BYTE, run * capacity * row, part.length);
    }
  }

  @Override
  public void close() {
    view.close();
    memory.close();
  }
}
