package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Gives a session's inputs what a batch has for them, and learns the sizes of symbols. Tensors off
 * the heap are read where they lie; all else is copied into the inputs' buffers.
 */
final class BatchInputs {
  private final List<Slot> slots;
  private final Sizes sizes;

  BatchInputs(List<Slot> slots, Sizes sizes) {
    this.slots = slots;
    this.sizes = sizes;
  }

  /** Learns the sizes, and checks what is given against what the graph takes. */
  void measure(Batch batch) {
    sizes.clear();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      Tensor tensor = batch.tensor(slot.value.name());
      int numbers = numbers(slot, batch);
      if (tensor != null) {
        measure(slot, tensor);
      } else if (numbers >= 0) {
        learn(slot, 0, numbers);
      }
    }
    sizes.putIfUnknown(Batch.TOKENS, batch.size());
    sizes.putIfUnknown(Batch.ROWS, batch.rowCount());
    // A size that stands in sums alone may be known only now.
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      Tensor tensor = batch.tensor(slot.value.name());
      if (tensor != null) {
        measure(slot, tensor);
      }
      if (!slot.resolve(sizes)) {
        throw new BackendException(
            "input '%s' is %s: no tensor was given that tells its size"
                .formatted(slot.value.name(), slot.value.type()));
      }
    }
  }

  private void measure(Slot slot, Tensor tensor) {
    if (tensor.dtype() != slot.dtype || tensor.shape().rank() != slot.extents.length) {
      throw new BackendException(
          "input '%s' is %s, and was given %s %s"
              .formatted(slot.value.name(), slot.value.type(), tensor.dtype(), tensor.shape()));
    }
    for (int axis = 0; axis < slot.extents.length; axis++) {
      learn(slot, axis, tensor.shape().dim(axis));
    }
  }

  private void learn(Slot slot, int axis, long size) {
    if (!sizes.learn(slot.extents[axis], size)) {
      throw new BackendException(
          "input '%s' has %d elements along axis %d, which is %s, not %s"
              .formatted(
                  slot.value.name(), size, axis, slot.value.type(), sizes.of(slot.extents[axis])));
    }
  }

  /** How many numbers of its arrays the batch has for an input; negative for none. */
  private static int numbers(Slot slot, Batch batch) {
    if (!Batch.feeds(slot.value)) {
      return -1;
    }
    return slot.value.name().equals(Batch.ROWS) ? batch.rowCount() : batch.size();
  }

  /** Binds every input at the sizes that were measured. */
  void bind(Batch batch, OrtEnvironment environment, OrtBinding binding) {
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      OrtTensor view = slot.view(environment, content(slot, batch));
      if (view != null) {
        binding.input(slot.value.name(), view);
      }
    }
  }

  private static MemorySegment content(Slot slot, Batch batch) {
    Tensor tensor = batch.tensor(slot.value.name());
    if (tensor != null && tensor.data().isNative() && !slot.passedThrough) {
      return tensor.data();
    }
    MemorySegment memory = slot.memory();
    if (tensor != null) {
      MemorySegment.copy(tensor.data(), 0, memory, 0, tensor.data().byteSize());
    } else if (numbers(slot, batch) >= 0) {
      fill(slot.value.name(), batch, memory);
    }
    return memory;
  }

  private static void fill(String name, Batch batch, MemorySegment memory) {
    int count = name.equals(Batch.ROWS) ? batch.rowCount() : batch.size();
    for (int i = 0; i < count; i++) {
      int number =
          switch (name) {
            case Batch.TOKENS -> batch.token(i);
            case Batch.POSITIONS -> batch.position(i);
            case Batch.SEQUENCES -> batch.sequence(i);
            default -> batch.row(i);
          };
      memory.set(ValueLayout.JAVA_INT, 4L * i, number);
    }
  }
}
