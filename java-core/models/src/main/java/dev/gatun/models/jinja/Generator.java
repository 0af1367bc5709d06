package dev.gatun.models.jinja;

import java.util.Iterator;

/**
 * A sequence that can be read once, such as {@code map} returns. Its elements are made on demand.
 */
final class Generator implements Value {
  private final Iterator<Value> iterator;

  Generator(Iterator<Value> iterator) {
    this.iterator = iterator;
  }

  Iterator<Value> iterator() {
    return iterator;
  }

  @Override
  public String typeName() {
    return "generator";
  }
}
