package dev.gatun.models.jinja;

/**
 * The filters, by name. jinja2's own, without those that make no sense in a prompt or give another
 * result each time ({@code pprint}, {@code random}, {@code striptags}, {@code urlize}, {@code
 * wordwrap}).
 */
final class Filters {
  private Filters() {}

  static boolean exists(String name) {
    return TextFilters.exists(name)
        || SequenceFilters.exists(name)
        || SelectionFilters.exists(name)
        || NumberFilters.exists(name)
        || isGeneral(name);
  }

  private static boolean isGeneral(String name) {
    return switch (name) {
      case "default", "d", "attr", "tojson" -> true;
      default -> false;
    };
  }

  static Value apply(Interpreter in, String name, Value value, Arguments args) {
    if (TextFilters.exists(name)) {
      return TextFilters.apply(in, name, value, args);
    }
    if (SequenceFilters.exists(name)) {
      return SequenceFilters.apply(in, name, value, args);
    }
    if (SelectionFilters.exists(name)) {
      return SelectionFilters.apply(in, name, value, args);
    }
    if (NumberFilters.exists(name)) {
      return NumberFilters.apply(in, name, value, args);
    }
    return switch (name) {
      case "default", "d" -> {
        Value[] bound = args.bind(name, 0, "default_value", "boolean");
        boolean falsy = bound[1] != null && Truth.of(bound[1]) && !Truth.of(value);
        yield falsy || value instanceof Undefined
            ? (bound[0] == null ? Str.EMPTY : bound[0])
            : value;
      }
      case "attr" -> {
        Value attribute = args.bind(name, 1, "name")[0];
        Value found = attribute instanceof Str s ? Access.own(in, value, s.text()) : null;
        yield found == null ? Undefined.element(value, Repr.str(attribute, in.budget())) : found;
      }
      case "tojson" -> JsonWriter.tojson(value, args, in.budget());
      default -> throw JinjaException.runtime("there is no filter '" + name + "'");
    };
  }
}
