package dev.gatun.models.jinja;

import java.util.List;
import java.util.Map;

/** The arguments of one call, evaluated. */
record Arguments(List<Value> positional, Map<String, Value> keywords) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Value... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /**
   * Assigns the arguments to parameters; one not given is null.
   *
   * @throws JinjaException too many arguments, one given twice, or an unknown keyword
   */
  Value[] bind(String function, int required, String... parameters) {
    if (positional.size() > parameters.length) {
      throw JinjaException.runtime(
          function
              + "() takes at most "
              + parameters.length
              + " arguments ("
              + positional.size()
              + " given)");
    }
    Value[] bound = new Value[parameters.length];
    for (int i = 0; i < positional.size(); i++) {
      bound[i] = positional.get(i);
    }
    int used = 0;
    for (int i = 0; i < parameters.length && !keywords.isEmpty(); i++) {
      Value value = keywords.get(parameters[i]);
      if (value != null) {
        if (bound[i] != null) {
          throw JinjaException.runtime(
              function + "() got multiple values for argument '" + parameters[i] + "'");
        }
        bound[i] = value;
        used++;
      }
    }
    if (used < keywords.size()) {
      throw JinjaException.runtime(
          function + "() got an unexpected keyword argument among " + keywords.keySet());
    }
    for (int i = 0; i < required; i++) {
      if (bound[i] == null) {
        throw JinjaException.runtime(function + "() misses argument '" + parameters[i] + "'");
      }
    }
    return bound;
  }

  /** Positional arguments only. */
  Value[] bindPositional(String function, int required, int most) {
    if (!keywords.isEmpty()) {
      throw JinjaException.runtime(function + "() takes no keyword arguments");
    }
    int given = positional.size();
    if (given < required || given > most) {
      throw JinjaException.runtime(
          function
              + "() takes "
              + (required == most ? "" + required : required + " to " + most)
              + " arguments ("
              + given
              + " given)");
    }
    Value[] bound = new Value[most];
    for (int i = 0; i < given; i++) {
      bound[i] = positional.get(i);
    }
    return bound;
  }
}
