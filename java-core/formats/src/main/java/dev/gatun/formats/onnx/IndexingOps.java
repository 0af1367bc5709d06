package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Parts of values, and what tells their extents. */
final class IndexingOps {
  private IndexingOps() {}

  static void register(OpImporters ops) {
    ops.add("Shape", IndexingOps::shape);
    ops.add("Gather", IndexingOps::gather);
    ops.add("Concat", IndexingOps::concat);
    ops.add("Slice", SliceOp::run);
    ops.add("Split", SplitOp::run);
    ops.add("Size", IndexingOps::size);
  }

  private static List<Imported> shape(NodeScope node) {
    List<Dim> dims = node.type(0).dims();
    int rank = dims.size();
    int from = bound(node.integer("start", 0), rank);
    int to = Math.max(from, bound(node.integer("end", rank), rank));
    return List.of(new Sizes(dims.subList(from, to).stream().map(Size::of).toList(), false));
  }

  private static int bound(long index, int rank) {
    return Math.clamp(index < 0 ? index + rank : index, 0, rank);
  }

  /** The product of all extents. */
  private static List<Imported> size(NodeScope node) {
    List<Dim> dims = node.type(0).dims();
    Dim product = Dim.of(1);
    List<Dim> symbols = new ArrayList<>();
    for (Dim dim : dims) {
      if (dim instanceof Dim.Fixed(long size)) {
        product = product.times(size);
      } else {
        symbols.add(dim);
      }
    }
    if (symbols.size() == 1 && product instanceof Dim.Fixed(long size)) {
      product = symbols.getFirst().times(size);
    } else if (symbols.size() > 1) {
      Value extents = node.extents("extents", dims);
      return node.result(new Reduce(Reduce.Function.PROD, List.of(0), false), extents);
    }
    return List.of(new Sizes(List.of(Size.of(product)), true));
  }

  private static List<Imported> gather(NodeScope node) {
    long axis = node.integer("axis", 0);
    if (node.input(0) instanceof Sizes sizes) {
      Optional<Sizes> picks = node.sizes(1);
      if (picks.isPresent()
          && picks.get().sizes().stream().allMatch(size -> size instanceof Size.Whole)) {
        List<Size> picked = new ArrayList<>();
        for (Size pick : picks.get().sizes()) {
          picked.add(sizes.sizes().get(index(node, pick, sizes.sizes().size())));
        }
        return List.of(sizes.with(picked, picks.get().scalar()));
      }
    }
    int from0 = node.axis(axis, node.type(0).rank());
    Value data = node.value(0);
    DType dtype = data.type().dtype();
    return switch (dtype) {
      // Gather decodes to F32; these come back without a loss.
      case F16, BF16 ->
          node.result(
              new Cast(dtype), node.step("decoded", new Gather(from0), data, node.value(1)));
      case F64 -> exact(node, data, from0);
      default -> node.result(new Gather(from0), data, node.value(1));
    };
  }

  /** Slices along an axis that is moved to the front and back. */
  private static List<Imported> exact(NodeScope node, Value data, int axis) {
    int rank = data.type().rank();
    Value indices = node.value(1);
    List<Dim> dims = new ArrayList<>(indices.type().dims());
    int more = dims.size();
    dims.add(Dim.of(1));
    Value tuples = node.step("tuples", new Reshape(dims), indices);
    if (axis == 0) {
      return node.result(new GatherNd(0), data, tuples);
    }
    List<Integer> front =
        IntStream.concat(IntStream.of(axis), IntStream.range(0, rank).filter(each -> each != axis))
            .boxed()
            .toList();
    Value moved = node.step("front", new Transpose(front), data);
    Value picked = node.step("picked", new GatherNd(0), moved, tuples);
    List<Integer> back = new ArrayList<>(IntStream.range(more, more + axis).boxed().toList());
    back.addAll(IntStream.range(0, more).boxed().toList());
    back.addAll(IntStream.range(more + axis, more + rank - 1).boxed().toList());
    return node.result(new Transpose(back), picked);
  }

  private static int index(NodeScope node, Size pick, int count) {
    if (!(pick instanceof Size.Whole(long index))) {
      throw node.unsupported("an extent is picked by another");
    }
    if (index < -count || index >= count) {
      throw node.bad("picks extent %d of %d".formatted(index, count));
    }
    return (int) (index < 0 ? index + count : index);
  }

  private static List<Imported> concat(NodeScope node) {
    boolean sizes = false;
    for (int i = 0; i < node.inputs(); i++) {
      sizes |= node.input(i) instanceof Sizes;
    }
    if (sizes) {
      List<Size> all = new ArrayList<>();
      DType dtype = DType.I64;
      boolean known = true;
      for (int i = 0; i < node.inputs() && known; i++) {
        Optional<Sizes> part = node.sizes(i);
        known = part.isPresent();
        if (known) {
          all.addAll(part.get().sizes());
          dtype = part.get().dtype();
        }
      }
      if (known) {
        return List.of(new Sizes(all, false, dtype));
      }
    }
    Value[] parts = new Value[node.inputs()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = node.value(i);
    }
    int axis = node.axis(node.integer("axis", 1), node.type(0).rank());
    return node.result(new Concat(axis), parts);
  }
}
