package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Dim;
import java.util.HashMap;
import java.util.Map;

/** What all graphs of a model share during one attempt to import it. Not thread-safe. */
final class ImportContext {
  private final String file;
  private final OnnxModel model;
  private final OpImporters importers;
  private final SymbolNames symbols;
  private final Map<String, Integer> used = new HashMap<>();
  private int depth;

  ImportContext(String file, OnnxModel model, OpImporters importers, SymbolNames symbols) {
    this.file = file;
    this.model = model;
    this.importers = importers;
    this.symbols = symbols;
  }

  String file() {
    return file;
  }

  OnnxModel model() {
    return model;
  }

  OpImporters importers() {
    return importers;
  }

  SymbolNames symbols() {
    return symbols;
  }

  /** A new extent that is known only when a node has run. */
  Dim.Symbol unknown(String name, long min, long max) {
    int times = used.merge(name, 1, Integer::sum);
    return new Dim.Symbol(times == 1 ? name : name + "#" + times, min, Math.max(min, max), true);
  }

  /** Counts functions that call functions: a file could have one call itself. */
  void enter(int change, OnnxNode node) {
    depth += change;
    if (depth > 64) {
      throw bad(node.offset(), "function '" + node.type() + "' calls itself, or too deep");
    }
  }

  ModelFormatException bad(long offset, String what) {
    return new ModelFormatException(file, offset, what);
  }
}
