package dev.gatun.engine.size;

import dev.gatun.graph.Dim;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.List;

/** The largest size of each symbol in a session: what profiles and options allow. */
public final class SessionSizes implements SizeBound {
  private final Extents extents;
  private final long[] limits;
  private final int sequences;

  public SessionSizes(Extents extents, List<ShapeProfile> profiles, SessionOptions options) {
    this.extents = extents;
    sequences = options.sequences();
    limits = new long[extents.symbols().size()];
    for (int i = 0; i < limits.length; i++) {
      Dim.Symbol symbol = extents.symbols().get(i);
      long option =
          switch (symbol.name()) {
            case Batch.TOKENS -> options.batch();
            case Batch.ROWS -> options.rows();
            default -> Long.MAX_VALUE;
          };
      limits[i] = Math.min(option, profileLimit(symbol, profiles));
    }
  }

  private static long profileLimit(Dim.Symbol symbol, List<ShapeProfile> profiles) {
    long limit = 0;
    for (ShapeProfile profile : profiles) {
      ShapeProfile.Range range = profile.ranges().get(symbol.name());
      limit = Math.max(limit, range == null ? symbol.max() : range.max());
    }
    return profiles.isEmpty() ? symbol.max() : Math.min(limit, symbol.max());
  }

  /** Limits by symbol index. */
  public long[] limits() {
    return limits;
  }

  @Override
  public int of(Extent extent) {
    return Math.toIntExact(extent.isFixed() ? extent.factor() : extents.resolve(extent, limits));
  }

  @Override
  public int sequences() {
    return sequences;
  }
}
