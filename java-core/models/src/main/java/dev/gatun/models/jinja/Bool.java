package dev.gatun.models.jinja;

/** Python's {@code True} and {@code False}. */
enum Bool implements Value {
  FALSE,
  TRUE;

  static Bool of(boolean value) {
    return value ? TRUE : FALSE;
  }

  @Override
  public String typeName() {
    return "bool";
  }
}
