package dev.gatun.bench.micro;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.runtime.Settings;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call of a C kernel through the Foreign Function and Memory API costs: kernels that have
 * next to nothing to do. See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NativeCall {
  /** The library, as the backend {@code cpu} loads it. */
  @State(Scope.Benchmark)
  public static class Library {
    private CpuKernels kernels;
    private long format;

    @Setup
    public void load() {
      CpuLibrary.Lookup found = CpuLibrary.load(_ -> Optional.empty(), Settings.ofProcess().home());
      CpuLibrary library =
          found.library().orElseThrow(() -> new IllegalStateException(found.failures().toString()));
      kernels = library.kernels(library.supported().getLast());
      format = CpuKernels.Q8_0;
    }
  }

  /** Two arguments and a result, computed in a few instructions. */
  @Benchmark
  public long twoArguments(Library library) {
    return library.kernels.scratchBytes(library.format, 256);
  }

  /** Eight arguments, of which the last two say that no row is to be done. */
  @Benchmark
  public void kernelOfNoRows(Library library) {
    library.kernels.dense(0, 0, 0, 0, 0, 0, 0, 0);
  }
}
