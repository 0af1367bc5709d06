package dev.gatun.cpubackend;

import java.util.function.Supplier;

/** A supplier that is asked once. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> source;
  private volatile T value;

  Once(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public T get() {
    T known = value;
    return known != null ? known : make();
  }

  private synchronized T make() {
    if (value == null) {
      value = source.get();
    }
    return value;
  }
}
