package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufWriter;
import java.util.Optional;

/** Metadata of a GGUF file whose keys begin with the architecture's name. */
record ModelKeys(GgufWriter out, String architecture) {
  private String key(String name) {
    return architecture + "." + name;
  }

  ModelKeys count(String name, long value) {
    out.uint32(key(name), value);
    return this;
  }

  ModelKeys number(String name, double value) {
    out.float32(key(name), (float) value);
    return this;
  }

  ModelKeys bool(String name, boolean value) {
    out.bool(key(name), value);
    return this;
  }

  ModelKeys string(String name, String value) {
    out.string(key(name), value);
    return this;
  }

  ModelKeys count(String name, Optional<Long> value) {
    value.ifPresent(v -> count(name, v));
    return this;
  }

  ModelKeys number(String name, Optional<Double> value) {
    value.ifPresent(v -> number(name, v));
    return this;
  }
}
