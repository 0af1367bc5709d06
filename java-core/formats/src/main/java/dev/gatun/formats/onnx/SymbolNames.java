package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import dev.gatun.formats.onnx.OnnxValueInfo.Named;
import dev.gatun.formats.onnx.OnnxValueInfo.Size;
import dev.gatun.graph.Dim;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Symbols for the dimensions that a model leaves open. Exporters give one name to several
 * dimensions of a shape by mistake ({@code input_ids[batch, batch]}), so a name that stands twice
 * in a shape means another symbol the second time: {@code batch_1}, after its axis. A dimension
 * without a name is called after its value and axis. {@code tokens} and {@code rows} count what a
 * language model is asked, so dimensions of these names get an underscore.
 */
final class SymbolNames {
  private static final Set<String> RESERVED = Set.of("tokens", "rows");

  private final long max;
  private final Map<String, Long> bounds = new HashMap<>();
  private final Map<String, Long> factors = new HashMap<>();
  private final Map<String, String> bases = new HashMap<>();
  private final Map<String, Long> sizes = new HashMap<>();
  private final Set<String> empty = new HashSet<>();

  /**
   * @param max largest extent of a symbol that nothing bounds
   * @param bounds largest extents by name
   */
  SymbolNames(long max, Map<String, Long> bounds) {
    this.max = max;
    bounds.forEach((name, bound) -> this.bounds.put(own(name), bound));
  }

  /** Bounds a symbol; false when it had this bound already. */
  boolean bound(String symbol, long largest) {
    Long old = bounds.put(symbol, Math.min(largest, bounds.getOrDefault(symbol, max)));
    return old == null || old > largest;
  }

  /** The symbols of an input get the sizes of this shape; false when it cannot have the shape. */
  boolean fix(OnnxValueInfo input, Shape shape) {
    List<Dim> dims = input.dims().isPresent() ? dims(input) : List.of();
    if (dims.size() != shape.rank()) {
      return false;
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      long size = shape.dim(axis);
      // Whether a symbol may be 0 shows while the model is imported.
      if (dims.get(axis) instanceof Dim.Symbol symbol) {
        sizes.put(symbol.name(), size);
      } else if (!dims.get(axis).is(size)) {
        return false;
      }
    }
    return true;
  }

  /** Lets a symbol be 0. */
  void empty(String symbol) {
    empty.add(symbol);
  }

  List<Dim> dims(OnnxValueInfo value) {
    List<Dim> dims = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (Extent extent : value.dims().orElseThrow()) {
      dims.add(
          switch (extent) {
            case Size(long size) -> Dim.of(size);
            case Named(String name) -> {
              int axis = dims.size();
              String symbol = name.isEmpty() ? value.name() + "_" + axis : own(name);
              yield symbol(used.add(symbol) ? symbol : symbol + "_" + axis);
            }
          });
    }
    return dims;
  }

  private static String own(String name) {
    return RESERVED.contains(name) ? name + "_" : name;
  }

  /** Makes the extents with a symbol multiples: the symbol becomes {@code name/factor}. */
  void multiple(String symbol, long factor) {
    String name = bases.getOrDefault(symbol, symbol);
    long all = Math.multiplyExact(factor, factors.getOrDefault(name, 1L));
    factors.put(name, all);
    bases.put(name + "/" + all, name);
  }

  private Dim symbol(String name) {
    if (sizes.containsKey(name)) {
      return Dim.of(sizes.get(name));
    }
    long largest = bounds.getOrDefault(name, max);
    long factor = factors.getOrDefault(name, 1L);
    if (factor == 1) {
      return Dim.symbol(name, empty.contains(name) ? 0 : 1, largest);
    }
    String part = name + "/" + factor;
    long parts = Math.max(1, Math.min(largest / factor, bounds.getOrDefault(part, max)));
    return Dim.symbol(part, 1, parts).times(factor);
  }
}
