package dev.gatun.formats.onnx;

/**
 * The model works only when one of its symbols is a multiple: what it divides by 32 and multiplies
 * by 2 again meets what it divided by 16. Ends an attempt to import; the next one knows it.
 */
final class SymbolMultiple extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String symbol;
  private final long factor;

  SymbolMultiple(String symbol, long factor) {
    super(symbol + " is a multiple of " + factor, null, false, false);
    this.symbol = symbol;
    this.factor = factor;
  }

  String symbol() {
    return symbol;
  }

  long factor() {
    return factor;
  }
}
