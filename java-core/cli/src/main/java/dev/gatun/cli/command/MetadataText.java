package dev.gatun.cli.command;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** A metadata value in words. */
final class MetadataText {
  private MetadataText() {}

  /** The value; of a list or array the first {@code most} elements. */
  static String of(Object value, int most) {
    List<?> elements = elements(value, most);
    if (elements == null) {
      return value.toString();
    }
    int size = value instanceof List<?> list ? list.size() : Array.getLength(value);
    List<String> texts = new ArrayList<>();
    for (Object element : elements) {
      texts.add(of(element, most));
    }
    if (texts.size() < size) {
      texts.add("… (" + size + ")");
    }
    return texts.toString();
  }

  private static List<?> elements(Object value, int most) {
    if (value instanceof List<?> list) {
      return list.subList(0, Math.min(most, list.size()));
    }
    if (!value.getClass().isArray()) {
      return null;
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < Math.min(most, Array.getLength(value)); i++) {
      elements.add(Array.get(value, i));
    }
    return elements;
  }
}
