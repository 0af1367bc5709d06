package dev.gatun.bench.micro;

import dev.gatun.bench.worker.Queries;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What `gatun bench` itself costs per measured query: queries that do nothing, measured as those of
 * models are. See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Harness {
  private static final int QUERIES = 1_000;

  private static long query() {
    long start = System.nanoTime();
    return System.nanoTime() - start;
  }

  /** Two readings of the clock, and a place in the list: all that stands between two queries. */
  @Benchmark
  @OperationsPerInvocation(QUERIES)
  public List<Double> emptyQuery() {
    return Queries.run(Harness::query, Double.MAX_VALUE, QUERIES);
  }

  /** What of it lies between the two readings, and so is part of a reported latency. */
  @Benchmark
  public long clock() {
    return System.nanoTime();
  }
}
