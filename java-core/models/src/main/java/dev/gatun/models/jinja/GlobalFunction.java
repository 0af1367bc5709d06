package dev.gatun.models.jinja;

import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.List;

/** The functions that every template can call. */
enum GlobalFunction implements Callable {
  RANGE("range"),
  DICT("dict"),
  NAMESPACE("namespace"),
  CYCLER("cycler"),
  JOINER("joiner"),
  RAISE_EXCEPTION("raise_exception"),
  STRFTIME_NOW("strftime_now");

  private final String function;

  GlobalFunction(String function) {
    this.function = function;
  }

  /** Null when there is none of that name. */
  static GlobalFunction find(String name) {
    return switch (name) {
      case "range" -> RANGE;
      case "dict" -> DICT;
      case "namespace" -> NAMESPACE;
      case "cycler" -> CYCLER;
      case "joiner" -> JOINER;
      case "raise_exception" -> RAISE_EXCEPTION;
      case "strftime_now" -> STRFTIME_NOW;
      default -> null;
    };
  }

  @Override
  public Value call(Interpreter in, Arguments args) {
    return switch (this) {
      case RANGE -> range(args);
      case DICT -> dict(in, args);
      case NAMESPACE -> namespace(in, args);
      case CYCLER -> {
        Value[] items = args.bindPositional(function, 1, Math.max(1, args.positional().size()));
        yield new Cycler(List.of(items));
      }
      case JOINER -> {
        Value separator = args.bind(function, 0, "sep")[0];
        yield new Joiner(separator == null ? Str.of(", ") : separator);
      }
      case RAISE_EXCEPTION ->
          throw JinjaException.raised(Repr.str(args.bind(function, 1, "message")[0], in.budget()));
      case STRFTIME_NOW -> {
        if (!(args.bindPositional(function, 1, 1)[0] instanceof Str format)) {
          throw JinjaException.runtime("strftime_now() takes a string");
        }
        yield Str.of(Strftime.format(format.text(), LocalDateTime.now(in.clock()), in.budget()));
      }
    };
  }

  private static Value range(Arguments args) {
    Value[] bound = args.bindPositional("range", 1, 3);
    BigInteger first = Arithmetic.integer(bound[0]);
    if (bound[1] == null) {
      return Range.of(BigInteger.ZERO, first, BigInteger.ONE);
    }
    BigInteger step = bound[2] == null ? BigInteger.ONE : Arithmetic.integer(bound[2]);
    return Range.of(first, Arithmetic.integer(bound[1]), step);
  }

  private static Dict dict(Interpreter in, Arguments args) {
    Dict dict = new Dict();
    if (args.positional().size() > 1) {
      throw JinjaException.runtime("dict() takes at most one positional argument");
    }
    for (Value source : args.positional()) {
      if (source instanceof Dict other) {
        for (Dict.Entry entry : other.entries()) {
          dict.put(entry.key(), entry.value(), in.budget());
        }
        continue;
      }
      for (Value pair : Iteration.list(in.budget(), source)) {
        List<Value> items = Iteration.list(in.budget(), pair);
        if (items.size() != 2) {
          throw JinjaException.runtime("dict() takes pairs of a key and a value");
        }
        dict.put(items.get(0), items.get(1), in.budget());
      }
    }
    for (var keyword : args.keywords().entrySet()) {
      dict.put(Str.of(keyword.getKey()), keyword.getValue(), in.budget());
    }
    return dict;
  }

  private static Namespace namespace(Interpreter in, Arguments args) {
    Namespace namespace = new Namespace();
    for (Dict.Entry entry : dict(in, args).entries()) {
      if (entry.key() instanceof Str name) {
        namespace.set(name.text(), entry.value());
      }
    }
    return namespace;
  }

  @Override
  public String describe() {
    return "<function " + function + ">";
  }

  @Override
  public String typeName() {
    return "function";
  }
}
