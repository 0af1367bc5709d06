package dev.gatun.runtime;

import java.util.function.Supplier;

/** A value that is made when it is first asked for. Thread-safe. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private T value;

  Once(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public synchronized T get() {
    if (value == null) {
      value = maker.get();
    }
    return value;
  }
}
