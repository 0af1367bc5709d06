package dev.gatun.models.arch;

/**
 * How the hidden vectors of a text become one embedding. The graph gives the vectors; the pipeline
 * pools them.
 */
public enum Pooling {
  /** One vector per token. */
  NONE,
  /** The mean over all tokens. */
  MEAN,
  /** The vector of the first token. */
  CLS,
  /** The vector of the last token. */
  LAST
}
