package dev.gatun.cuda;

import dev.gatun.cuda.generated.cublaslt.cublaslt_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How a matrix lies in memory; see {@link CublasLt#layout}. */
public final class MatrixLayout implements AutoCloseable {
  private final NativeHandle layout;

  MatrixLayout(NativeHandle layout) {
    this.layout = layout;
  }

  MemorySegment address() {
    return layout.address();
  }

  /** Rows, as the library has it. */
  public long rows() {
    return attribute(cublaslt_h.CUBLASLT_MATRIX_LAYOUT_ROWS());
  }

  /** Columns, as the library has it. */
  public long columns() {
    return attribute(cublaslt_h.CUBLASLT_MATRIX_LAYOUT_COLS());
  }

  /** Elements from one column to the next, as the library has it. */
  public long leading() {
    return attribute(cublaslt_h.CUBLASLT_MATRIX_LAYOUT_LD());
  }

  private long attribute(int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
      CublasLt.check(
          "cublasLtMatrixLayoutGetAttribute",
          cublaslt_h.cublasLtMatrixLayoutGetAttribute(
              layout.address(), attribute, value, value.byteSize(), written));
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    layout.close();
  }
}
