package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnBackend_ValidateOpConfigFn_t;
import dev.gatun.qnn.generated.core.QnnContext_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnContext_CreateFromBinaryFn_t;
import dev.gatun.qnn.generated.core.QnnContext_FreeFn_t;
import dev.gatun.qnn.generated.core.QnnProfile_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnProfile_FreeFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An open backend of QNN. */
public final class QnnBackend implements AutoCloseable {
  private static final int SMALL = 1 << 12;

  private final Qnn qnn;
  private final Messages messages;
  private final NativeHandle backend;

  QnnBackend(Qnn qnn, Messages messages, NativeHandle backend) {
    this.qnn = qnn;
    this.messages = messages;
    this.backend = backend;
  }

  /** A context on the backend's default device. */
  public QnnContext newContext() {
    MemorySegment table = qnn.table();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnContext_create",
          QnnContext_CreateFn_t.invoke(
              QnnTable.contextCreate(table),
              backend.address(),
              MemorySegment.NULL,
              MemorySegment.NULL,
              out));
      return owned(Pointers.read(out));
    }
  }

  /**
   * A context with finished graphs, as {@link QnnContext#binary} wrote it.
   *
   * @param binary native memory; it is not needed afterwards
   */
  public QnnContext newContext(MemorySegment binary) {
    MemorySegment table = qnn.table();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnContext_createFromBinary",
          QnnContext_CreateFromBinaryFn_t.invoke(
              QnnTable.contextCreateFromBinary(table),
              backend.address(),
              MemorySegment.NULL,
              MemorySegment.NULL,
              binary,
              binary.byteSize(),
              out,
              MemorySegment.NULL));
      return owned(Pointers.read(out));
    }
  }

  private QnnContext owned(MemorySegment context) {
    return new QnnContext(
        qnn,
        messages,
        qnn.handles()
            .own(
                "QnnContext",
                context,
                address ->
                    QnnStatus.check(
                        "QnnContext_free",
                        QnnContext_FreeFn_t.invoke(
                            QnnTable.contextFree(qnn.table()), address, MemorySegment.NULL))));
  }

  /** An empty profile of operators, for {@link QnnRun#execute(QnnProfile)}. */
  public QnnProfile newProfile() {
    MemorySegment table = qnn.table();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnProfile_create",
          QnnProfile_CreateFn_t.invoke(
              QnnTable.profileCreate(table),
              backend.address(),
              core_h.QNN_PROFILE_LEVEL_DETAILED(),
              out),
          messages.take());
      return new QnnProfile(
          qnn,
          qnn.handles()
              .own(
                  "QnnProfile",
                  Pointers.read(out),
                  address ->
                      QnnStatus.check(
                          "QnnProfile_free",
                          QnnProfile_FreeFn_t.invoke(QnnTable.profileFree(qnn.table()), address))));
    }
  }

  /**
   * Asks for clocks; until the result is closed.
   *
   * @throws dev.gatun.ffi.NativeCallException when the library has no say in them
   */
  public QnnPower newPower(QnnPower.Profile profile) {
    return QnnPower.open(qnn, messages, profile);
  }

  /** Why the backend does not take an operator with these tensors; empty when it does. */
  public Optional<String> refusal(QnnOp op) {
    try (Arena arena = Arena.ofConfined()) {
      Map<String, MemorySegment> tensors = new HashMap<>();
      MemorySegment config =
          Structures.op(
              op,
              tensor -> tensors.computeIfAbsent(tensor.name(), absent -> declared(tensor, arena)),
              arena);
      messages.take();
      long code =
          QnnBackend_ValidateOpConfigFn_t.invoke(
              QnnTable.backendValidateOpConfig(qnn.table()), backend.address(), config);
      return code == core_h.QNN_SUCCESS() ? Optional.empty() : Optional.of(reason(code));
    }
  }

  private String reason(long code) {
    List<String> said = messages.take();
    return said.isEmpty()
        ? "%s (%d)".formatted(QnnStatus.message((int) code), code & 0xffff)
        : said.stream().distinct().limit(2).collect(Collectors.joining("; "));
  }

  /** Parameters have their content, weights need none: they are not looked at. */
  private static MemorySegment declared(QnnTensor tensor, Arena arena) {
    return tensor.bytes() <= SMALL
        ? Structures.filled(tensor, arena)
        : Structures.tensor(tensor, arena);
  }

  /** Idempotent; after its contexts. */
  @Override
  public void close() {
    backend.close();
    messages.close();
  }
}
