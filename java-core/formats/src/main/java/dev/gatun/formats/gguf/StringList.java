package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * An array of strings, decoded element by element on access. An element that is not UTF-8 throws
 * {@link ModelFormatException} then.
 */
final class StringList extends AbstractList<String> implements RandomAccess {
  private final String file;
  private final String key;
  private final byte[] header;
  private final GgufValue.Strings strings;

  StringList(String file, String key, byte[] header, GgufValue.Strings strings) {
    this.file = file;
    this.key = key;
    this.header = header;
    this.strings = strings;
  }

  @Override
  public String get(int index) {
    Objects.checkIndex(index, size());
    return HeaderReader.decode(file, header, strings.from(index), strings.length(index), key);
  }

  @Override
  public int size() {
    return strings.count();
  }
}
