package dev.gatun.models.jinja;

import java.math.BigInteger;

/** An integer of any size, up to {@link #MAX_BITS}. */
record Int(BigInteger value) implements Value {
  /** Python prints no integer above 4300 decimal digits; neither is one computed here. */
  static final int MAX_BITS = 14_285;

  static Int of(long value) {
    return new Int(BigInteger.valueOf(value));
  }

  /** A computed integer, refused when too long. */
  static Int of(BigInteger value) {
    if (value.bitLength() > MAX_BITS) {
      throw tooLong();
    }
    return new Int(value);
  }

  static JinjaException tooLong() {
    return JinjaException.limit("an integer of the template exceeds 4300 digits");
  }

  /** The value where it fits an int, the nearest bound where it does not. */
  int clamped() {
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
  }

  @Override
  public String typeName() {
    return "int";
  }
}
