package dev.gatun.cuda;

import dev.gatun.cuda.generated.cublaslt.cublaslt_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What to compute of two matrices; see {@link CublasLt#product}. */
public final class Product implements AutoCloseable {
  private final NativeHandle description;
  private final boolean integers;

  Product(NativeHandle description, boolean integers) {
    this.description = description;
    this.integers = integers;
  }

  MemorySegment address() {
    return description.address();
  }

  void transpose(int attribute, boolean transposed) {
    int operation = transposed ? cublaslt_h.CUBLAS_OP_T() : cublaslt_h.CUBLAS_OP_N();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, operation);
      CublasLt.check(
          "cublasLtMatmulDescSetAttribute",
          cublaslt_h.cublasLtMatmulDescSetAttribute(
              description.address(), attribute, value, value.byteSize()));
    }
  }

  /** Whether the first matrix is read transposed, as the library has it. */
  public boolean transposesA() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
      CublasLt.check(
          "cublasLtMatmulDescGetAttribute",
          cublaslt_h.cublasLtMatmulDescGetAttribute(
              description.address(),
              cublaslt_h.CUBLASLT_MATMUL_DESC_TRANSA(),
              value,
              value.byteSize(),
              written));
      return value.get(ValueLayout.JAVA_INT, 0) == cublaslt_h.CUBLAS_OP_T();
    }
  }

  /** A factor, as the product takes it. */
  MemorySegment factor(float value, Arena arena) {
    return integers
        ? arena.allocateFrom(ValueLayout.JAVA_INT, (int) value)
        : arena.allocateFrom(ValueLayout.JAVA_FLOAT, value);
  }

  /** Idempotent. */
  @Override
  public void close() {
    description.close();
  }
}
