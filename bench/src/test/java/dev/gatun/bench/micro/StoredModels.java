package dev.gatun.bench.micro;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;

/** Models of the store that benchmarks run. */
final class StoredModels {
  private StoredModels() {}

  /** MiniLM-L6 in ONNX with its tokenizer. */
  static LocatedModel minilm(GatunRuntime runtime) {
    return runtime
        .puller()
        .locate("minilm")
        .orElseThrow(() -> new IllegalStateException("scripts/gatun pull minilm"));
  }
}
