package dev.gatun.cuda;

import dev.gatun.cuda.generated.rtc.rtc_h;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * NVRTC, NVIDIA's compiler of CUDA C++ as a library; it needs no GPU. Loaded once per class loader.
 * Thread-safe.
 */
public final class Nvrtc {
  private static final String LIBRARY = "NVRTC";

  private final LoadedLibrary library;
  private final String version;
  private final LiveHandles handles = new LiveHandles();

  private Nvrtc(LoadedLibrary library) {
    this.library = library;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment minor = arena.allocate(ValueLayout.JAVA_INT);
      check("nvrtcVersion", rtc_h.nvrtcVersion(major, minor));
      version = major.get(ValueLayout.JAVA_INT, 0) + "." + minor.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** Loads the first library that the search finds; its builtins lie beside it. */
  public static Loading<Nvrtc> load(LibrarySearch search) {
    return Loading.of(search, Nvrtc::new);
  }

  /** {@code 13.5}. */
  public String version() {
    return version;
  }

  /** The generation of CUDA that it is of: 13. */
  public int major() {
    return Integer.parseInt(version.substring(0, version.indexOf('.')));
  }

  public String place() {
    return library.place();
  }

  public LiveHandles handles() {
    return handles;
  }

  /** Architectures that it compiles for: {@code sm_75} … */
  public List<String> architectures() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      check("nvrtcGetNumSupportedArchs", rtc_h.nvrtcGetNumSupportedArchs(count));
      int size = count.get(ValueLayout.JAVA_INT, 0);
      MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, size);
      check("nvrtcGetSupportedArchs", rtc_h.nvrtcGetSupportedArchs(numbers));
      return IntStream.range(0, size)
          .mapToObj(i -> "sm_" + numbers.getAtIndex(ValueLayout.JAVA_INT, i))
          .toList();
    }
  }

  /** A compiled program. */
  public static final class Compiled {
    private final byte[] image;
    private final String log;

    private Compiled(byte[] image, String log) {
      this.image = image;
      this.log = log;
    }

    /** A cubin when it was compiled for {@code sm_…}, else PTX; for {@link CudaContext#load}. */
    public byte[] image() {
      return image.clone();
    }

    /** Warnings; usually empty. */
    public String log() {
      return log;
    }
  }

  /**
   * Compiles CUDA C++.
   *
   * @param name what messages call the source
   * @param architecture {@code sm_90} for a cubin, {@code compute_90} for PTX
   * @param options further options: {@code --use_fast_math}
   * @throws NativeCallException when it does not compile, with the compiler's messages
   */
  public Compiled compile(String source, String name, String architecture, List<String> options) {
    try (Arena arena = Arena.ofConfined();
        NativeHandle program = program(source, name, arena)) {
      MemorySegment words = arena.allocate(ValueLayout.ADDRESS, options.size() + 1L);
      words.setAtIndex(
          ValueLayout.ADDRESS, 0, Pointers.text("--gpu-architecture=" + architecture, arena));
      for (int i = 0; i < options.size(); i++) {
        words.setAtIndex(ValueLayout.ADDRESS, i + 1L, Pointers.text(options.get(i), arena));
      }
      int code = rtc_h.nvrtcCompileProgram(program.address(), options.size() + 1, words);
      String log = log(program.address(), arena);
      if (code != rtc_h.NVRTC_SUCCESS()) {
        throw new NativeCallException(
            LIBRARY,
            "nvrtcCompileProgram",
            code,
            log.isEmpty() ? message(code) : message(code) + "\n" + log);
      }
      boolean cubin = architecture.startsWith("sm_");
      return new Compiled(image(program.address(), cubin, arena), log);
    }
  }

  private NativeHandle program(String source, String name, Arena arena) {
    MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
    check(
        "nvrtcCreateProgram",
        rtc_h.nvrtcCreateProgram(
            out,
            Pointers.text(source, arena),
            Pointers.text(name, arena),
            0,
            MemorySegment.NULL,
            MemorySegment.NULL));
    return handles.own(
        "nvrtcProgram",
        out.get(ValueLayout.ADDRESS, 0),
        address -> {
          try (Arena slot = Arena.ofConfined()) {
            MemorySegment holder = slot.allocateFrom(ValueLayout.ADDRESS, address);
            check("nvrtcDestroyProgram", rtc_h.nvrtcDestroyProgram(holder));
          }
        });
  }

  private static String log(MemorySegment program, Arena arena) {
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    check("nvrtcGetProgramLogSize", rtc_h.nvrtcGetProgramLogSize(program, size));
    MemorySegment text = arena.allocate(Math.max(1, size.get(ValueLayout.JAVA_LONG, 0)));
    check("nvrtcGetProgramLog", rtc_h.nvrtcGetProgramLog(program, text));
    return text.getString(0).strip();
  }

  private static byte[] image(MemorySegment program, boolean cubin, Arena arena) {
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    check(
        "nvrtcGetPTXSize",
        cubin ? rtc_h.nvrtcGetCUBINSize(program, size) : rtc_h.nvrtcGetPTXSize(program, size));
    MemorySegment image = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
    check(
        "nvrtcGetPTX",
        cubin ? rtc_h.nvrtcGetCUBIN(program, image) : rtc_h.nvrtcGetPTX(program, image));
    return image.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void check(String function, int code) {
    if (code != rtc_h.NVRTC_SUCCESS()) {
      throw new NativeCallException(LIBRARY, function, code, message(code));
    }
  }

  private static String message(int code) {
    return Pointers.text(rtc_h.nvrtcGetErrorString(code)).orElse("no message");
  }
}
