package dev.gatun.models.tokenizer;

import dev.gatun.graph.Metadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Metadata made by hand, for vocabularies that no file would have. */
final class MapMetadata implements Metadata {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /** Byte-level BPE with all 256 bytes, then "ab", "abc" and a few special tokens. */
  static MapMetadata bytePair() {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(String.valueOf(ByteAlphabet.character(b)));
    }
    tokens.addAll(List.of("ab", "abc", "<s>", "<|im_end|>"));
    long[] types = new long[tokens.size()];
    Arrays.fill(types, 1);
    types[258] = 3;
    types[259] = 3;
    return new MapMetadata()
        .with("tokenizer.ggml.model", "gpt2")
        .with("tokenizer.ggml.pre", "gpt-2")
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.token_type", types)
        .with("tokenizer.ggml.merges", List.of("a b", "ab c"))
        .with("tokenizer.ggml.bos_token_id", 258L);
  }

  /** SentencePiece BPE: the unknown token, all bytes, and a few pieces. */
  static MapMetadata sentencePiece() {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
    }
    tokens.addAll(List.of("\u2581", "a", "b", "ab", "\u2581ab", "\u2581a"));
    long[] types = new long[tokens.size()];
    float[] scores = new float[tokens.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1;
      scores[i] = i < 262 ? -100 : -i;
    }
    return new MapMetadata()
        .with("tokenizer.ggml.model", "llama")
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.token_type", types)
        .with("tokenizer.ggml.scores", scores);
  }

  MapMetadata with(String key, Object value) {
    values.put(key, value);
    return this;
  }

  MapMetadata without(String key) {
    values.remove(key);
    return this;
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
    return get(key, String.class);
  }

  @Override
  public Optional<Long> integer(String key) {
    return get(key, Long.class);
  }

  @Override
  public Optional<Double> floating(String key) {
    return get(key, Double.class);
  }

  @Override
  public Optional<Boolean> bool(String key) {
    return get(key, Boolean.class);
  }

  @Override
  public Optional<List<String>> strings(String key) {
    if (values.get(key) instanceof List<?> list) {
      return Optional.of(list.stream().map(String.class::cast).toList());
    }
    return get(key, String[].class).map(List::of);
  }

  @Override
  public Optional<long[]> integers(String key) {
    return get(key, long[].class).map(long[]::clone);
  }

  @Override
  public Optional<float[]> floats(String key) {
    return get(key, float[].class).map(float[]::clone);
  }

  @Override
  public Optional<boolean[]> booleans(String key) {
    return get(key, boolean[].class).map(boolean[]::clone);
  }

  private <T> Optional<T> get(String key, Class<T> type) {
    Object value = values.get(key);
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException(
          "metadata '" + key + "' is " + value.getClass() + ", not " + type);
    }
    return Optional.ofNullable(type.cast(value));
  }
}
