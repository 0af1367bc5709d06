package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnMem_DeRegisterFn_t;
import dev.gatun.qnn.generated.core.QnnMem_RegisterFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.Qnn_MemDescriptor_t;
import dev.gatun.qnn.generated.core.Qnn_MemShape_t;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Shared memory that a context was told of, as the memory of one of its tensors: an NPU reads and
 * writes it without a copy. Closed before the memory and the context.
 */
public final class QnnMemory implements AutoCloseable {
  private final NativeHandle handle;

  private QnnMemory(NativeHandle handle) {
    this.handle = handle;
  }

  static QnnMemory register(
      QnnContext context, MemorySegment contextHandle, QnnTensor tensor, RpcMemory.Buffer buffer) {
    if (buffer.memory().byteSize() != tensor.bytes()) {
      throw new IllegalArgumentException(
          "%s has %d bytes, and was given %d"
              .formatted(tensor.name(), tensor.bytes(), buffer.memory().byteSize()));
    }
    Qnn qnn = context.qnn();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment descriptor = Qnn_MemDescriptor_t.allocate(arena);
      MemorySegment shape = Qnn_MemDescriptor_t.memShape(descriptor);
      Qnn_MemShape_t.numDim(shape, tensor.rank());
      Qnn_MemShape_t.dimSize(shape, Structures.integers(tensor.dims(), arena));
      Qnn_MemDescriptor_t.dataType(descriptor, tensor.elements().type());
      Qnn_MemDescriptor_t.memType(descriptor, core_h.QNN_MEM_TYPE_ION());
      Qnn_MemDescriptor_t.fd(descriptor, buffer.descriptor());
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnMem_register " + tensor.name(),
          QnnMem_RegisterFn_t.invoke(
              QnnTable.memRegister(qnn.table()), contextHandle, descriptor, 1, out),
          context.messages().take());
      return new QnnMemory(
          qnn.handles().own("QnnMem", Pointers.read(out), address -> deregister(qnn, address)));
    }
  }

  private static void deregister(Qnn qnn, MemorySegment handle) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocateFrom(ValueLayout.ADDRESS, handle);
      QnnStatus.check(
          "QnnMem_deRegister",
          QnnMem_DeRegisterFn_t.invoke(QnnTable.memDeRegister(qnn.table()), list, 1));
    }
  }

  MemorySegment handle() {
    return handle.address();
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
