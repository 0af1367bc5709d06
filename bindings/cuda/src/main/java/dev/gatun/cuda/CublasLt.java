package dev.gatun.cuda;

import dev.gatun.cuda.generated.cublaslt.cublaslt_h;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** cuBLASLt, loaded. Once per class loader. Thread-safe; descriptions are made without a GPU. */
public final class CublasLt {
  private final LoadedLibrary library;
  private final long version;
  private final LiveHandles handles = new LiveHandles();

  private CublasLt(LoadedLibrary library) {
    this.library = library;
    version = cublaslt_h.cublasLtGetVersion();
  }

  /** Loads the first library that the search finds. */
  public static Loading<CublasLt> load(LibrarySearch search) {
    return Loading.of(search, CublasLt::new);
  }

  /** {@code 13.10.0}. */
  public String version() {
    return version / 10000 + "." + version % 10000 / 100 + "." + version % 100;
  }

  public String place() {
    return library.place();
  }

  public LiveHandles handles() {
    return handles;
  }

  /** What elements are, and in what sums are formed. */
  public enum Elements {
    F32,
    F16,
    BF16,
    I8,
    I32;

    int dataType() {
      return switch (this) {
        case F32 -> cublaslt_h.CUDA_R_32F();
        case F16 -> cublaslt_h.CUDA_R_16F();
        case BF16 -> cublaslt_h.CUDA_R_16BF();
        case I8 -> cublaslt_h.CUDA_R_8I();
        case I32 -> cublaslt_h.CUDA_R_32I();
      };
    }
  }

  /**
   * A matrix in memory, column by column.
   *
   * @param leading elements from one column to the next
   */
  public MatrixLayout layout(Elements elements, long rows, long columns, long leading) {
    if (rows < 1 || columns < 1 || leading < rows) {
      throw new IllegalArgumentException(
          "a matrix of %d rows, %d columns, %d apart".formatted(rows, columns, leading));
    }
    return new MatrixLayout(
        created(
            "cublasLtMatrixLayout",
            out ->
                check(
                    "cublasLtMatrixLayoutCreate",
                    cublaslt_h.cublasLtMatrixLayoutCreate(
                        out, elements.dataType(), rows, columns, leading)),
            address ->
                check(
                    "cublasLtMatrixLayoutDestroy",
                    cublaslt_h.cublasLtMatrixLayoutDestroy(address))));
  }

  /**
   * A product of matrices whose sums are F32, or I32 for I8.
   *
   * @param transposeA whether the first one is read transposed
   */
  public Product product(Elements elements, boolean transposeA, boolean transposeB) {
    boolean integers = elements == Elements.I8;
    int compute = integers ? cublaslt_h.CUBLAS_COMPUTE_32I() : cublaslt_h.CUBLAS_COMPUTE_32F();
    int scale = integers ? cublaslt_h.CUDA_R_32I() : cublaslt_h.CUDA_R_32F();
    var product =
        new Product(
            created(
                "cublasLtMatmulDesc",
                out ->
                    check(
                        "cublasLtMatmulDescCreate",
                        cublaslt_h.cublasLtMatmulDescCreate(out, compute, scale)),
                address ->
                    check(
                        "cublasLtMatmulDescDestroy",
                        cublaslt_h.cublasLtMatmulDescDestroy(address))),
            integers);
    try {
      product.transpose(cublaslt_h.CUBLASLT_MATMUL_DESC_TRANSA(), transposeA);
      product.transpose(cublaslt_h.CUBLASLT_MATMUL_DESC_TRANSB(), transposeB);
      return product;
    } catch (RuntimeException e) {
      product.close();
      throw e;
    }
  }

  /**
   * Opens the library on the calling thread's context.
   *
   * @throws NativeCallException where there is no GPU
   */
  public Multiplier open(CudaContext context) {
    context.makeCurrent();
    return new Multiplier(
        this,
        context,
        created(
            "cublasLtHandle",
            out -> check("cublasLtCreate", cublaslt_h.cublasLtCreate(out)),
            address -> {
              context.makeCurrent();
              check("cublasLtDestroy", cublaslt_h.cublasLtDestroy(address));
            }));
  }

  interface Call {
    void accept(MemorySegment segment);
  }

  NativeHandle created(String kind, Call create, Call destroy) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      create.accept(out);
      return handles.own(kind, out.get(ValueLayout.ADDRESS, 0), destroy::accept);
    }
  }

  static void check(String function, int code) {
    if (code != cublaslt_h.CUBLAS_STATUS_SUCCESS()) {
      throw new NativeCallException(
          "cuBLASLt",
          function,
          code,
          Pointers.text(cublaslt_h.cublasLtGetStatusName(code)).orElse("no message"));
    }
  }
}
