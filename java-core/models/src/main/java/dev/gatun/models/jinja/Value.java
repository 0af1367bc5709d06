package dev.gatun.models.jinja;

/**
 * A value at run time. The types are Python's, because templates are written against them: text is
 * a sequence of code points, integers are unbounded, a bool is an integer too.
 *
 * <p>Values are immutable, but for {@link Namespace} and the position of a {@link Generator}.
 */
sealed interface Value
    permits None,
        Bool,
        Int,
        Real,
        Str,
        ListValue,
        TupleValue,
        Dict,
        DictView,
        Range,
        Generator,
        Undefined,
        Namespace,
        Callable {
  /** The name of the type in Python, for messages. */
  String typeName();
}
