package dev.gatun.models.chat;

import dev.gatun.graph.Metadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Metadata of strings and lists of strings. */
record MapMetadata(Map<String, Object> values) implements Metadata {
  @Override
  public Set<String> keys() {
    return values.keySet();
  }

  @Override
  public Optional<Object> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public Optional<String> string(String key) {
    return value(key).map(String.class::cast);
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<List<String>> strings(String key) {
    return value(key).map(List.class::cast);
  }

  @Override
  public Optional<Long> integer(String key) {
    return Optional.empty();
  }

  @Override
  public Optional<Double> floating(String key) {
    return Optional.empty();
  }

  @Override
  public Optional<Boolean> bool(String key) {
    return Optional.empty();
  }

  @Override
  public Optional<long[]> integers(String key) {
    return Optional.empty();
  }

  @Override
  public Optional<float[]> floats(String key) {
    return Optional.empty();
  }

  @Override
  public Optional<boolean[]> booleans(String key) {
    return Optional.empty();
  }
}
