package dev.gatun.formats.onnx;

/**
 * One of the model's symbols may be 0: that of a cache before the first token. Ends an attempt to
 * import; the next one knows it.
 */
final class SymbolEmpty extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String symbol;

  SymbolEmpty(String symbol) {
    super(symbol + " >= 0", null, false, false);
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }
}
