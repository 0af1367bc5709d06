package dev.gatun.models.jinja;

/** The binary operators that compare. */
enum Relation {
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">="),
  IN("in"),
  NOT_IN("not in");

  private final String symbol;

  Relation(String symbol) {
    this.symbol = symbol;
  }

  /** The comparison that a symbol stands for, or null. */
  static Relation of(String symbol) {
    return switch (symbol) {
      case "==" -> EQUAL;
      case "!=" -> NOT_EQUAL;
      case "<" -> LESS;
      case "<=" -> LESS_OR_EQUAL;
      case ">" -> GREATER;
      case ">=" -> GREATER_OR_EQUAL;
      default -> null;
    };
  }

  boolean test(Value left, Value right, Budget budget) {
    return switch (this) {
      case EQUAL -> Equality.equal(left, right, budget);
      case NOT_EQUAL -> !Equality.equal(left, right, budget);
      case LESS -> Ordering.compare(this, left, right, budget);
      case LESS_OR_EQUAL -> Ordering.compare(this, left, right, budget);
      case GREATER -> Ordering.compare(this, left, right, budget);
      case GREATER_OR_EQUAL -> Ordering.compare(this, left, right, budget);
      case IN -> Containment.contains(right, left, budget);
      case NOT_IN -> !Containment.contains(right, left, budget);
    };
  }

  String symbol() {
    return symbol;
  }
}
