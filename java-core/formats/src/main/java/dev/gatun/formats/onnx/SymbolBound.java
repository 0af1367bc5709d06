package dev.gatun.formats.onnx;

/**
 * The model bounds one of its symbols, for example by a table of 512 positions. Ends an attempt to
 * import; the next one knows the bound.
 */
final class SymbolBound extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String symbol;
  private final long max;

  SymbolBound(String symbol, long max) {
    super(symbol + " <= " + max, null, false, false);
    this.symbol = symbol;
    this.max = max;
  }

  String symbol() {
    return symbol;
  }

  long max() {
    return max;
  }
}
