package dev.gatun.runtime.plan;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The shape profiles that graphs usually need. */
public final class ShapeProfiles {
  private ShapeProfiles() {}

  /**
   * For a graph over {@code tokens}: {@code prefill} (1 to {@code batch} tokens, tuned for the
   * largest) and {@code decode} (one token per sequence). For any other graph one profile with the
   * symbols' own bounds.
   */
  public static List<ShapeProfile> of(Graph graph, SessionOptions options) {
    Optional<Dim.Symbol> tokens = symbol(graph, Batch.TOKENS);
    if (tokens.isEmpty()) {
      return List.of(new ShapeProfile("default", Map.of()));
    }
    long batch = Math.clamp(options.batch(), tokens.get().min(), tokens.get().max());
    Map<String, Range> prefill = new java.util.HashMap<>();
    Map<String, Range> decode = new java.util.HashMap<>();
    prefill.put(tokens.get().name(), new Range(1, batch, batch));
    long together = Math.min(batch, options.sequences());
    decode.put(tokens.get().name(), new Range(1, 1, together));
    symbol(graph, Batch.ROWS)
        .ifPresent(rows -> {
          long most = Math.clamp(options.rows(), rows.min(), Math.min(rows.max(), batch));
          prefill.put(rows.name(), new Range(0, 1, most));
          decode.put(rows.name(), new Range(0, 1, Math.min(most, together)));
        });
    return List.of(new ShapeProfile("prefill", prefill), new ShapeProfile("decode", decode));
  }

  /** The symbol of a vector input's only dimension. */
  public static Optional<Dim.Symbol> symbol(Graph graph, String input) {
    for (Value value : graph.inputs()) {
      if (value.name().equals(input)
          && value.type().rank() == 1
          && value.type().dim(0) instanceof Dim.Symbol symbol) {
        return Optional.of(symbol);
      }
    }
    return Optional.empty();
  }
}
