package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.util.AbstractList;
import java.util.List;

/** Python's {@code range}, at most {@link #MAX_SIZE} long as in jinja2's sandbox. */
record Range(BigInteger start, BigInteger stop, BigInteger step, int size) implements Value {
  static final int MAX_SIZE = 100_000;

  static Range of(BigInteger start, BigInteger stop, BigInteger step) {
    if (step.signum() == 0) {
      throw JinjaException.runtime("range() arg 3 must not be zero");
    }
    BigInteger span = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
    BigInteger size = BigInteger.ZERO;
    if (span.signum() > 0) {
      BigInteger width = step.abs();
      size = span.add(width).subtract(BigInteger.ONE).divide(width);
    }
    if (size.compareTo(BigInteger.valueOf(MAX_SIZE)) > 0) {
      throw JinjaException.limit("range() of more than " + MAX_SIZE + " items");
    }
    return new Range(start, stop, step, size.intValue());
  }

  /** The elements, made when asked for. */
  List<Value> items() {
    return new AbstractList<>() {
      @Override
      public Value get(int index) {
        return new Int(start.add(step.multiply(BigInteger.valueOf(index))));
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  @Override
  public String typeName() {
    return "range";
  }
}
