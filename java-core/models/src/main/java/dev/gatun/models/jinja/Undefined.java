package dev.gatun.models.jinja;

/**
 * A value that is not there. It prints as nothing, is false, is empty, equals its like; anything
 * else done with it is an error.
 *
 * @param hint the whole message of that error, or null to make it from the others
 * @param owner type of the value whose element is missing, or null for a variable
 * @param name the missing variable, attribute or element
 */
record Undefined(String hint, String owner, String name) implements Value {
  static Undefined variable(String name) {
    return new Undefined(null, null, name);
  }

  static Undefined element(Value owner, String name) {
    return new Undefined(null, owner.typeName(), name);
  }

  static Undefined because(String hint) {
    return new Undefined(hint, null, null);
  }

  /** A method that would change its receiver. */
  static Undefined unsafe(Value owner, String name) {
    return because(
        "access to attribute '" + name + "' of '" + owner.typeName() + "' object is unsafe");
  }

  JinjaException failure() {
    if (hint != null) {
      return JinjaException.runtime(hint);
    }
    if (owner == null) {
      return JinjaException.runtime("'" + name + "' is undefined");
    }
    return JinjaException.runtime("'" + owner + "' has no attribute or element '" + name + "'");
  }

  @Override
  public String typeName() {
    return "Undefined";
  }
}
