package dev.gatun.graph;

import dev.gatun.tensor.GatunException;

/**
 * A graph that cannot be: wrong types, shapes or attributes, of a model's or of a program's making.
 * The message names node and values.
 */
public final class GraphException extends GatunException {
  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(Kind.MODEL, message);
  }
}
