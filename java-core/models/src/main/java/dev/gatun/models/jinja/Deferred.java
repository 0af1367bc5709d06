package dev.gatun.models.jinja;

import java.util.Iterator;

/** Elements that are worked out when the first one is asked for, as a Python generator does. */
abstract class Deferred implements Iterator<Value> {
  private Iterator<Value> elements;

  abstract Iterator<Value> open();

  private Iterator<Value> elements() {
    if (elements == null) {
      elements = open();
    }
    return elements;
  }

  @Override
  public boolean hasNext() {
    return elements().hasNext();
  }

  @Override
  public Value next() {
    return elements().next();
  }
}
