/**
 * A Jinja subset for chat templates: what {@code jinja2}'s sandbox renders with {@code
 * trim_blocks}, {@code lstrip_blocks} and loop controls, character for character.
 *
 * <p>A template comes inside a model file, so it is untrusted. It is interpreted, never compiled;
 * it reaches no Java object, file or class, only values made from maps, lists, text and numbers;
 * every step, every character produced and every level of nesting is charged to a {@link
 * dev.gatun.models.jinja.Limits budget}, and what runs out of it fails with a clear message instead
 * of hanging.
 *
 * <p>The way of a template: {@code Lexer} (white-space control lives here) → {@code
 * StatementParser} and {@code ExpressionParser} → {@code Stmt} and {@code Expr}, sealed records
 * that execute themselves on an {@code Interpreter} (scopes, output, budget) → {@code Value}, a
 * sealed family with Python's types and Python's meaning of truth, equality, order, arithmetic,
 * formatting and text methods. Filters, tests and methods are dispatched by name in plain switches:
 * no table is built at start-up, no regular expression compiled, no reflection used.
 *
 * <p>Left out, on purpose: template inheritance, {@code include} and {@code import}, {@code
 * autoescape}, {@code do}, {@code trans}; the filters {@code pprint}, {@code random}, {@code
 * striptags}, {@code urlize}, {@code wordwrap}; character names in strings; the global {@code
 * lipsum}. Each is refused by name. Integers end at 4300 digits, where Python stops printing them.
 *
 * <p>Source of the semantics: the documentation of Jinja 3.1 and of Python 3, verified against the
 * packages themselves (see the README in the test resources).
 */
package dev.gatun.models.jinja;
