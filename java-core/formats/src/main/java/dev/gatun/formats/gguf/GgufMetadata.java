package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.Utf8Strings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The metadata of a GGUF file, over a copy of its header; usable after the file is closed.
 *
 * <p>Strings are decoded when they are asked for. One that is not UTF-8 then throws {@link
 * ModelFormatException}. An unsigned number beyond the range of a long has no integer value, but a
 * floating one. An empty array is an array of every kind.
 */
final class GgufMetadata implements Metadata {
  private final String file;
  private final byte[] header;
  private final Map<String, GgufValue> values;
  private final Map<String, Range> raw;

  /** Bytes of the header. */
  record Range(int from, int to) {}

  /**
   * @param values where the value of each key lies, in file order
   * @param raw where the type and value of each key stand
   */
  GgufMetadata(String file, byte[] header, Map<String, GgufValue> values, Map<String, Range> raw) {
    this.file = file;
    this.header = header;
    this.values = Collections.unmodifiableMap(values);
    this.raw = raw;
  }

  /** Where the value of a key lies, or null. */
  GgufValue stored(String key) {
    return values.get(key);
  }

  /** The type and value of a key as they stand in the file. */
  byte[] raw(String key) {
    Range range = raw.get(key);
    return Arrays.copyOfRange(header, range.from(), range.to());
  }

  byte[] header() {
    return header;
  }

  @Override
  public Set<String> keys() {
    return values.keySet();
  }

  @Override
  public Optional<Object> value(String key) {
    GgufValue value = values.get(key);
    return value == null ? Optional.empty() : Optional.of(display(key, value));
  }

  @Override
  public Optional<String> string(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Single single && single.type() == GgufType.STRING) {
      return Optional.of(text(key, single));
    }
    throw mismatch(key, value, "a string");
  }

  @Override
  public Optional<Long> integer(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Single single && single.type().isInteger()) {
      return Optional.of(GgufNumbers.integer(key, single.type(), header, single.at()));
    }
    throw mismatch(key, value, "an integer");
  }

  @Override
  public Optional<Double> floating(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Single single
        && (single.type().isInteger() || single.type().isFloating())) {
      return Optional.of(GgufNumbers.floating(single.type(), header, single.at()));
    }
    throw mismatch(key, value, "a number");
  }

  @Override
  public Optional<Boolean> bool(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Single single && single.type() == GgufType.BOOL) {
      return Optional.of(header[single.at()] != 0);
    }
    throw mismatch(key, value, "a boolean");
  }

  @Override
  public Optional<List<String>> strings(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Strings strings) {
      return Optional.of(new StringList(file, key, header, strings));
    }
    if (isEmptyArray(value)) {
      return Optional.of(List.of());
    }
    throw mismatch(key, value, "an array of strings");
  }

  @Override
  public Optional<Utf8Strings> utf8Strings(String key) {
    GgufValue value = values.get(key);
    if (!(value instanceof GgufValue.Strings strings)) {
      return Metadata.super.utf8Strings(key);
    }
    int count = strings.count();
    int[] offsets = new int[count + 1];
    for (int i = 0; i < count; i++) {
      offsets[i + 1] = offsets[i] + strings.length(i);
    }
    byte[] bytes = new byte[offsets[count]];
    for (int i = 0; i < count; i++) {
      System.arraycopy(header, strings.from(i), bytes, offsets[i], strings.length(i));
    }
    return Optional.of(new Utf8Strings(bytes, offsets));
  }

  @Override
  public Optional<long[]> integers(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Numbers numbers && numbers.element().isInteger()) {
      return Optional.of(GgufNumbers.integers(key, numbers, header));
    }
    if (isEmptyArray(value)) {
      return Optional.of(new long[0]);
    }
    throw mismatch(key, value, "an array of integers");
  }

  @Override
  public Optional<float[]> floats(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Numbers numbers && numbers.element() != GgufType.BOOL) {
      return Optional.of(GgufNumbers.floats(numbers, header));
    }
    if (isEmptyArray(value)) {
      return Optional.of(new float[0]);
    }
    throw mismatch(key, value, "an array of numbers");
  }

  @Override
  public Optional<boolean[]> booleans(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Numbers numbers && numbers.element() == GgufType.BOOL) {
      return Optional.of(booleans(key, numbers));
    }
    if (isEmptyArray(value)) {
      return Optional.of(new boolean[0]);
    }
    throw mismatch(key, value, "an array of booleans");
  }

  // Tests of the type instead of a pattern switch, whose first use costs a starting JVM 10 ms.
  private Object display(String key, GgufValue value) {
    if (value instanceof GgufValue.Single single) {
      return displaySingle(key, single);
    }
    if (value instanceof GgufValue.Strings strings) {
      return new StringList(file, key, header, strings);
    }
    if (value instanceof GgufValue.Numbers numbers) {
      return displayNumbers(key, numbers);
    }
    List<GgufValue> values = ((GgufValue.Nested) value).values();
    List<Object> list = new ArrayList<>(values.size());
    for (GgufValue element : values) {
      list.add(display(key, element));
    }
    return Collections.unmodifiableList(list);
  }

  private Object displayNumbers(String key, GgufValue.Numbers numbers) {
    GgufType element = numbers.element();
    if (element == GgufType.BOOL) {
      return booleans(key, numbers);
    }
    if (element == GgufType.F32) {
      return GgufNumbers.floats(numbers, header);
    }
    if (element == GgufType.F64 || !GgufNumbers.fitsLongs(numbers, header)) {
      return GgufNumbers.doubles(numbers, header);
    }
    return GgufNumbers.integers(key, numbers, header);
  }

  private Object displaySingle(String key, GgufValue.Single single) {
    GgufType type = single.type();
    if (type == GgufType.STRING) {
      return text(key, single);
    }
    if (type == GgufType.BOOL) {
      return header[single.at()] != 0;
    }
    if (type.isFloating() || !GgufNumbers.fitsLong(type, header, single.at())) {
      return GgufNumbers.floating(type, header, single.at());
    }
    return GgufNumbers.integer(key, type, header, single.at());
  }

  private String text(String key, GgufValue.Single single) {
    int length = (int) Le.i64(header, single.at());
    return HeaderReader.decode(file, header, single.at() + 8, length, key);
  }

  private boolean[] booleans(String key, GgufValue.Numbers numbers) {
    boolean[] booleans = new boolean[numbers.count()];
    for (int i = 0; i < booleans.length; i++) {
      byte stored = header[numbers.at() + i];
      if (stored != 0 && stored != 1) {
        throw new ModelFormatException(
            file,
            numbers.at() + i,
            "boolean " + i + " of " + key + " is neither 0 nor 1; convert the model again");
      }
      booleans[i] = stored == 1;
    }
    return booleans;
  }

  private static boolean isEmptyArray(GgufValue value) {
    return (value instanceof GgufValue.Numbers numbers && numbers.count() == 0)
        || (value instanceof GgufValue.Strings strings && strings.count() == 0)
        || (value instanceof GgufValue.Nested nested && nested.values().isEmpty());
  }

  private static IllegalArgumentException mismatch(String key, GgufValue value, String wanted) {
    return new IllegalArgumentException(
        "metadata '" + key + "' is " + value.describe() + ", not " + wanted);
  }
}
