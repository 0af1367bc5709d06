/** Benchmarks: throughput as llama-bench measures it, the comparison with it, synthetic models. */
module dev.gatun.bench {
  requires transitive dev.gatun.pipelines;
  requires com.fasterxml.jackson.databind;

  exports dev.gatun.bench;
}
