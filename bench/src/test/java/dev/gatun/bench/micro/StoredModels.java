package dev.gatun.bench.micro;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;

/** Models of the store that benchmarks run. */
final class StoredModels {
  private StoredModels() {}

  /** A model by its name in the catalogue. */
  static LocatedModel of(GatunRuntime runtime, String name) {
    return runtime
        .puller()
        .locate(name)
        .orElseThrow(() -> new IllegalStateException("scripts/gatun pull " + name));
  }

  /** MiniLM-L6 in ONNX with its tokenizer. */
  static LocatedModel minilm(GatunRuntime runtime) {
    return of(runtime, "minilm");
  }
}
