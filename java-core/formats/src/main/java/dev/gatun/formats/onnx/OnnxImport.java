package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.GraphOrigin;
import dev.gatun.tensor.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Turns an ONNX model (operator sets 7 to 23) into a {@link Graph} of the same inputs and outputs.
 * Arithmetic on shapes disappears: it becomes symbols of dimensions. Constants stay views of the
 * file.
 *
 * <p>An operator that Gatun does not know becomes a {@link dev.gatun.graph.op.ForeignOp} where the
 * file says the types of its outputs.
 */
public final class OnnxImport {
  private static final int MIN_OPSET = 7;
  private static final int MAX_OPSET = 23;

  /** Largest extent of a symbol that nothing bounds. */
  private static final long MAX_EXTENT = 1 << 16;

  /** Each attempt bounds one symbol more. */
  private static final int ATTEMPTS = 64;

  private OnnxImport() {}

  /** {@link #graph(OnnxFile, Map)} without bounds. */
  public static Graph graph(OnnxFile file) {
    return graph(file, Map.of());
  }

  /**
   * The graph, as the file has it: no pass has run over it. Usable while the file is open.
   *
   * @param bounds largest extents of symbols by name; others are bounded by 65,536 and by what the
   *     model itself says (a table of 512 positions)
   * @throws ModelFormatException when the file contradicts itself or uses what Gatun cannot import;
   *     the message names the node
   */
  public static Graph graph(OnnxFile file, Map<String, Long> bounds) {
    return graph(file, bounds, Map.of());
  }

  /**
   * {@link #graph(OnnxFile, Map)} for inputs whose shapes are known: the symbols of their
   * dimensions are numbers then, wherever they stand. A network whose sizes only fit each other for
   * some inputs can be imported only so.
   *
   * @param shapes by input; names that are no inputs are passed over
   */
  public static Graph graph(OnnxFile file, Map<String, Long> bounds, Map<String, Shape> shapes) {
    String name = file.name();
    long opset = file.model().opsets().getOrDefault("", (long) MAX_OPSET);
    if (opset < MIN_OPSET || opset > MAX_OPSET) {
      throw new ModelFormatException(
          name,
          -1,
          "uses operator set %d; %d to %d are read; convert it (onnx.version_converter)"
              .formatted(opset, MIN_OPSET, MAX_OPSET));
    }
    var importers = new OpImporters();
    var symbols = new SymbolNames(MAX_EXTENT, bounds);
    for (OnnxValueInfo input : file.model().graph().inputs()) {
      Shape shape = shapes.get(input.name());
      if (shape != null && !symbols.fix(input, shape)) {
        throw new ModelFormatException(
            name,
            input.offset(),
            "has an input '%s' that does not take the shape %s".formatted(input.name(), shape));
      }
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        var context = new ImportContext(name, file.model(), importers, symbols);
        Graph graph = GraphImporter.of(context, name).run();
        return graph.withOrigin(
            Optional.of(new GraphOrigin(GraphOrigin.ONNX, file.path(), nodes(file))));
      } catch (SymbolBound bound) {
        if (!symbols.bound(bound.symbol(), bound.max())) {
          break;
        }
      } catch (SymbolMultiple multiple) {
        symbols.multiple(multiple.symbol(), multiple.factor());
      } catch (SymbolEmpty empty) {
        symbols.empty(empty.symbol());
      } catch (GraphException | ArithmeticException e) {
        throw new ModelFormatException(name, -1, "cannot be imported: " + e.getMessage(), e);
      }
    }
    throw new ModelFormatException(name, -1, "bounds its dimensions in ways that never settle");
  }

  /** Importing names a node after its first output. */
  private static Map<String, String> nodes(OnnxFile file) {
    Map<String, String> nodes = new HashMap<>();
    for (OnnxNode node : file.model().graph().nodes()) {
      if (!node.outputs().isEmpty()) {
        nodes.put(node.name(), node.outputs().getFirst());
      }
    }
    return nodes;
  }
}
