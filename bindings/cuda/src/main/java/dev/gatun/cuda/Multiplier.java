package dev.gatun.cuda;

import dev.gatun.cuda.generated.cublaslt.cublasLtMatmulHeuristicResult_t;
import dev.gatun.cuda.generated.cublaslt.cublaslt_h;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** cuBLASLt on one context. Thread-safe, as the library's handle is. */
public final class Multiplier implements AutoCloseable {
  private final CublasLt library;
  private final CudaContext context;
  private final NativeHandle handle;

  Multiplier(CublasLt library, CudaContext context, NativeHandle handle) {
    this.library = library;
    this.context = context;
    this.handle = handle;
  }

  /** A matrix on the device: its memory and how it lies there. */
  public record Matrix(DeviceMemory memory, MatrixLayout layout) {}

  /**
   * Queues {@code result = a b}, by the algorithm that the library's heuristic likes best.
   *
   * @param workspace memory for the algorithm
   * @throws NativeCallException when the library has no algorithm for these matrices
   */
  public void multiply(
      Product product,
      Matrix a,
      Matrix b,
      Matrix result,
      DeviceMemory workspace,
      CudaStream stream) {
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined();
        NativeHandle preference = preference(workspace.bytes())) {
      MemorySegment choice = cublasLtMatmulHeuristicResult_t.allocate(arena);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      CublasLt.check(
          "cublasLtMatmulAlgoGetHeuristic",
          cublaslt_h.cublasLtMatmulAlgoGetHeuristic(
              handle.address(),
              product.address(),
              a.layout().address(),
              b.layout().address(),
              result.layout().address(),
              result.layout().address(),
              preference.address(),
              1,
              choice,
              count));
      if (count.get(ValueLayout.JAVA_INT, 0) < 1) {
        throw new NativeCallException(
            "cuBLASLt", "cublasLtMatmulAlgoGetHeuristic", 0, "no algorithm for these matrices");
      }
      MemorySegment target = MemorySegment.ofAddress(result.memory().address());
      CublasLt.check(
          "cublasLtMatmul",
          cublaslt_h.cublasLtMatmul(
              handle.address(),
              product.address(),
              product.factor(1, arena),
              MemorySegment.ofAddress(a.memory().address()),
              a.layout().address(),
              MemorySegment.ofAddress(b.memory().address()),
              b.layout().address(),
              product.factor(0, arena),
              target,
              result.layout().address(),
              target,
              result.layout().address(),
              cublasLtMatmulHeuristicResult_t.algo(choice),
              MemorySegment.ofAddress(workspace.address()),
              workspace.bytes(),
              stream.address()));
    }
  }

  private NativeHandle preference(long workspace) {
    NativeHandle preference =
        library.created(
            "cublasLtMatmulPreference",
            out ->
                CublasLt.check(
                    "cublasLtMatmulPreferenceCreate",
                    cublaslt_h.cublasLtMatmulPreferenceCreate(out)),
            address ->
                CublasLt.check(
                    "cublasLtMatmulPreferenceDestroy",
                    cublaslt_h.cublasLtMatmulPreferenceDestroy(address)));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_LONG, workspace);
      CublasLt.check(
          "cublasLtMatmulPreferenceSetAttribute",
          cublaslt_h.cublasLtMatmulPreferenceSetAttribute(
              preference.address(),
              cublaslt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(),
              bytes,
              bytes.byteSize()));
      return preference;
    } catch (RuntimeException e) {
      preference.close();
      throw e;
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
