package dev.gatun.graph;

/** A graph that cannot be: wrong types, shapes or attributes. The message names node and values. */
public final class GraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(message);
  }
}
