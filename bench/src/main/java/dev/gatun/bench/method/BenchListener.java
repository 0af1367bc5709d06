package dev.gatun.bench.method;

/** Told of what is being measured, by the measuring thread between measurements. */
@FunctionalInterface
public interface BenchListener {
  void working(String what);
}
