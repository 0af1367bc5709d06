package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.graph.Dim;
import java.util.ArrayList;
import java.util.List;

/**
 * How a kernel walks over the elements of several values side by side: extents and strides in
 * elements, as {@code axes.h} in {@code native/gpu} takes them. Axes of one element are left out,
 * and neighbours that all values have in one piece are joined. Immutable.
 */
final class Axes {
  /** Most axes that kernels walk over. */
  static final int MOST = 8;

  /**
   * Elements from one index to the next.
   *
   * @param factor what the product of {@code dims} is multiplied with; 0 where a value repeats,
   *     negative where it is walked backwards
   * @param along the axis's extent in the value, when only a run tells whether that is 1 and the
   *     value repeats; else null
   */
  record Stride(long factor, List<Dim> dims, Dim along) {
    static final Stride NONE = new Stride(0, List.of());

    Stride {
      dims = List.copyOf(dims);
    }

    Stride(long factor, List<Dim> dims) {
      this(factor, dims, null);
    }

    Stride times(long other) {
      return other == 0 ? NONE : new Stride(factor * other, dims, along);
    }

    Stride unlessOne(Dim extent) {
      return new Stride(factor, dims, extent);
    }

    /** Whether this is the stride of what lies around {@code extent} steps of {@code inner}. */
    boolean isAround(Stride inner, List<Dim> extent) {
      if (along != null || inner.along != null) {
        return false;
      }
      List<Dim> steps = new ArrayList<>(inner.dims);
      steps.addAll(extent);
      Extent own = Extent.canonical(0, dims);
      Extent other = Extent.canonical(0, steps);
      return factor * own.factor() == inner.factor * other.factor()
          && (factor == 0 || own.sameSymbols(other));
    }

    Size size(Extents extents) {
      if (factor == 0) {
        return Size.fixed(0);
      }
      Size stride = Size.of(extents.of(dims)).times(Size.fixed(factor));
      if (along == null) {
        return stride;
      }
      Size extent = Size.of(extents.of(List.of(along)));
      return sizes -> extent.of(sizes) == 1 ? 0 : stride.of(sizes);
    }
  }

  /** Joined axes; strides are those of the innermost of them, one for each value. */
  private record Axis(List<Dim> extent, List<Stride> strides) {}

  /** Innermost first. */
  private final List<Axis> axes = new ArrayList<>();

  private final int values;

  /**
   * Axes of these extents, outermost first.
   *
   * @param strides for each value, its stride along each axis
   */
  Axes(List<Dim> extents, List<List<Stride>> strides) {
    values = strides.size();
    for (int i = extents.size() - 1; i >= 0; i--) {
      if (extents.get(i).is(1)) {
        continue;
      }
      int at = i;
      List<Stride> own = strides.stream().map(all -> all.get(at)).toList();
      if (axes.isEmpty() || !isAround(own, axes.getLast())) {
        axes.add(new Axis(List.of(extents.get(i)), own));
      } else {
        Axis inner = axes.removeLast();
        List<Dim> joined = new ArrayList<>(inner.extent());
        joined.add(extents.get(i));
        axes.add(new Axis(List.copyOf(joined), inner.strides()));
      }
    }
  }

  private static boolean isAround(List<Stride> own, Axis inner) {
    for (int i = 0; i < own.size(); i++) {
      if (!own.get(i).isAround(inner.strides().get(i), inner.extent())) {
        return false;
      }
    }
    return true;
  }

  /** Values that are read as {@code target}, as NumPy broadcasts. */
  static Axes broadcast(List<Dim> target, List<List<Dim>> values) {
    return new Axes(target, values.stream().map(dims -> repeated(dims, target)).toList());
  }

  /** Strides of a value of these dimensions, all of whose elements follow each other. */
  static List<Stride> strides(List<Dim> dims) {
    List<Stride> strides = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      strides.add(new Stride(1, dims.subList(i + 1, dims.size())));
    }
    return strides;
  }

  /**
   * Strides with which a value is read as {@code target}: 0 along axes where it repeats, if need be
   * by what its extent turns out to be.
   */
  static List<Stride> repeated(List<Dim> dims, List<Dim> target) {
    List<Stride> own = strides(dims);
    List<Stride> strides = new ArrayList<>();
    int missing = target.size() - dims.size();
    for (int i = 0; i < target.size(); i++) {
      if (i < missing || dims.get(i - missing).is(1)) {
        strides.add(Stride.NONE);
      } else {
        Dim extent = dims.get(i - missing);
        boolean known = extent instanceof Dim.Fixed || extent.equals(target.get(i));
        Stride stride = own.get(i - missing);
        strides.add(known ? stride : stride.unlessOne(extent));
      }
    }
    return strides;
  }

  int rank() {
    return Math.max(1, axes.size());
  }

  /** Why no kernel walks so; empty when one does. */
  String refusal() {
    return rank() <= MOST ? "" : "no kernel for " + rank() + " axes that do not lie in one piece";
  }

  /** Adds extents and then the strides of each value, each as an array of {@link #MOST}. */
  KernelStep.Builder addTo(KernelStep.Builder step, Extents extents) {
    for (int i = 0; i < MOST; i++) {
      step.integer(i < axes.size() ? Size.of(extents.of(axes.get(i).extent())) : Size.fixed(1));
    }
    for (int value = 0; value < values; value++) {
      for (int i = 0; i < MOST; i++) {
        step.integer(
            i < axes.size() ? axes.get(i).strides().get(value).size(extents) : Size.fixed(0));
      }
    }
    return step;
  }
}
