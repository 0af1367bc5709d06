package dev.gatun.models.jinja;

/** A Python float: IEEE 754 double precision. */
record Real(double value) implements Value {
  @Override
  public String typeName() {
    return "float";
  }
}
