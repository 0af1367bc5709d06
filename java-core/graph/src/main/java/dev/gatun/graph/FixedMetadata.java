package dev.gatun.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Metadata that are known already, not read from a file.
 *
 * @param values by key: Long, Double, Boolean, String, List of String, long[], float[] or
 *     boolean[]; in the order of the map
 */
public record FixedMetadata(Map<String, Object> values) implements Metadata {
  public FixedMetadata {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

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
    return typed(key, String.class);
  }

  @Override
  public Optional<Long> integer(String key) {
    return typed(key, Long.class);
  }

  @Override
  public Optional<Double> floating(String key) {
    return values.get(key) instanceof Long whole
        ? Optional.of(whole.doubleValue())
        : typed(key, Double.class);
  }

  @Override
  public Optional<Boolean> bool(String key) {
    return typed(key, Boolean.class);
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<List<String>> strings(String key) {
    // The only lists here are vocabularies.
    return typed(key, List.class).map(list -> (List<String>) list);
  }

  @Override
  public Optional<long[]> integers(String key) {
    return typed(key, long[].class).map(long[]::clone);
  }

  @Override
  public Optional<float[]> floats(String key) {
    return typed(key, float[].class).map(float[]::clone);
  }

  @Override
  public Optional<boolean[]> booleans(String key) {
    return typed(key, boolean[].class).map(boolean[]::clone);
  }

  private <T> Optional<T> typed(String key, Class<T> kind) {
    Object value = values.get(key);
    if (value != null && !kind.isInstance(value)) {
      throw new IllegalArgumentException(
          "%s is a %s, not a %s"
              .formatted(key, value.getClass().getSimpleName(), kind.getSimpleName()));
    }
    return Optional.ofNullable(kind.cast(value));
  }
}
