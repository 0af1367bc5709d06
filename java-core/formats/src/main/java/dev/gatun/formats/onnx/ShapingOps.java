package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.CenterCropPad;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Trilu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/** Values made larger, smaller, or of blocks. */
final class ShapingOps {
  /** Bound of an extent that only the run knows. */
  private static final long MAX_EXTENT = 1L << 31;

  private ShapingOps() {}

  static void register(OpImporters ops) {
    ops.add("Expand", ShapingOps::expand);
    ops.add("Tile", ShapingOps::tile);
    ops.add("Pad", ShapingOps::pad);
    ops.add("CenterCropPad", ShapingOps::centre);
    ops.add("Trilu", ShapingOps::trilu);
    ops.add("DepthToSpace", ShapingOps::depthToSpace);
    ops.add("SpaceToDepth", ShapingOps::spaceToDepth);
  }

  private static List<Imported> expand(NodeScope node) {
    ValueType type = node.type(0);
    Optional<Sizes> target = node.sizes(1);
    List<Dim> dims = new ArrayList<>();
    if (target.isEmpty()) {
      if (!(node.type(1).dim(0) instanceof Dim.Fixed(long wanted)) || wanted > 64) {
        throw node.unsupported("the rank of its result depends on data");
      }
      int rank = Math.max(type.rank(), (int) wanted);
      for (int i = 0; i < rank; i++) {
        int own = i - (rank - type.rank());
        boolean kept = own >= 0 && type.dim(own) instanceof Dim.Fixed(long size) && size > 1;
        dims.add(kept ? type.dim(own) : node.unknown(Integer.toString(i), MAX_EXTENT));
      }
    } else {
      List<Size> sizes = target.get().sizes();
      int rank = Math.max(type.rank(), sizes.size());
      for (int i = 0; i < rank; i++) {
        int own = i - (rank - type.rank());
        int other = i - (rank - sizes.size());
        Dim x = own < 0 ? Dim.of(1) : type.dim(own);
        dims.add(other < 0 ? x : meet(node, x, sizes.get(other), i));
      }
      if (dims.equals(type.dims())) {
        return List.of(node.input(0));
      }
    }
    return node.result(new Expand(dims), node.value(0), node.value(1));
  }

  private static Dim meet(NodeScope node, Dim x, Size size, int axis) {
    Dim wanted =
        switch (size) {
          case Size.Extent(Dim dim) -> dim;
          case Size.Whole(long number) when number >= 0 -> Dim.of(number);
          case Size.Whole(long number) -> throw node.bad("has the extent " + number);
        };
    if (wanted.is(1) || wanted.equals(x)) {
      return x;
    }
    if (x.is(1)) {
      return wanted;
    }
    if (x instanceof Dim.Fixed && wanted instanceof Dim.Fixed) {
      throw node.bad("makes %s of extent %s".formatted(wanted, x));
    }
    return x instanceof Dim.Fixed || wanted.max() == 1
        ? x
        : wanted instanceof Dim.Fixed
            ? wanted
            : node.unknown(Integer.toString(axis), Math.max(x.max(), wanted.max()));
  }

  private static List<Imported> tile(NodeScope node) {
    ValueType type = node.type(0);
    Optional<List<Long>> repeats = node.known(1);
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < type.rank(); i++) {
      boolean known = repeats.isPresent() && i < repeats.get().size() && repeats.get().get(i) >= 0;
      dims.add(
          known && isTimes(type.dim(i), repeats.get().get(i))
              ? type.dim(i).times(repeats.get().get(i))
              : node.unknown(Integer.toString(i), MAX_EXTENT));
    }
    return node.result(new Tile(dims), node.value(0), node.value(1));
  }

  private static boolean isTimes(Dim dim, long factor) {
    return factor == 1 || !(dim instanceof Dim.Affine affine) || affine.divisor() == 1;
  }

  private static List<Imported> pad(NodeScope node) {
    ValueType type = node.type(0);
    int rank = type.rank();
    boolean attributes = node.opset() < 11;
    Optional<List<Long>> pads =
        attributes
            ? Optional.of(node.integers("pads").orElseThrow(() -> node.bad("has no pads")))
            : node.known(1);
    Optional<List<Long>> given = node.has(3) ? node.known(3) : Optional.empty();
    List<Long> axes = given.orElseGet(() -> LongStream.range(0, rank).boxed().toList());
    boolean known = pads.isPresent() && (given.isPresent() || !node.has(3));
    List<Dim> dims = new ArrayList<>(type.dims());
    if (known) {
      int n = axes.size();
      if (pads.get().size() != 2 * n) {
        throw node.bad("has %d pads for %d axes".formatted(pads.get().size(), n));
      }
      for (int i = 0; i < n; i++) {
        int axis = node.axis(axes.get(i), rank);
        long more = Math.addExact(pads.get().get(i), pads.get().get(i + n));
        if (more != 0) {
          if (dims.get(axis).min() + more < 0) {
            throw node.bad("takes %d from %s".formatted(-more, dims.get(axis)));
          }
          dims.set(axis, dims.get(axis).plus(new Dim.Affine(List.of(), more, 1)));
        }
      }
    } else {
      for (int axis = 0; axis < rank; axis++) {
        int at = axis;
        if (!node.has(3)
            || given.isEmpty()
            || given.get().stream().anyMatch(each -> node.axis(each, rank) == at)) {
          dims.set(axis, node.unknown(Integer.toString(axis), MAX_EXTENT));
        }
      }
    }
    Pad.Mode mode = mode(node);
    if (attributes) {
      Value value = node.scalar("value", type.dtype(), node.real("value", 0));
      return node.result(new Pad(mode, dims), node.value(0), node.longs("pads", pads.get()), value);
    }
    return node.result(
        new Pad(mode, dims), node.value(0), node.value(1), node.optional(2), node.optional(3));
  }

  private static Pad.Mode mode(NodeScope node) {
    String mode = node.text("mode", "constant");
    for (Pad.Mode each : Pad.Mode.values()) {
      if (each.onnxName().equals(mode)) {
        return each;
      }
    }
    throw node.bad("has the mode '%s'".formatted(mode.toLowerCase(Locale.ROOT)));
  }

  private static List<Imported> centre(NodeScope node) {
    ValueType type = node.type(0);
    int rank = type.rank();
    List<Integer> axes =
        node.integers("axes").orElseGet(() -> LongStream.range(0, rank).boxed().toList()).stream()
            .map(axis -> node.axis(axis, rank))
            .toList();
    Optional<List<Long>> wanted = node.known(1);
    List<Dim> dims = new ArrayList<>(type.dims());
    for (int i = 0; i < axes.size(); i++) {
      dims.set(
          axes.get(i),
          wanted.isPresent() && i < wanted.get().size() && wanted.get().get(i) >= 0
              ? Dim.of(wanted.get().get(i))
              : node.unknown(Integer.toString(axes.get(i)), MAX_EXTENT));
    }
    return node.result(new CenterCropPad(axes, dims), node.value(0), node.value(1));
  }

  private static List<Imported> trilu(NodeScope node) {
    return node.result(new Trilu(node.flag("upper", true)), node.value(0), node.optional(1));
  }

  private static List<Imported> depthToSpace(NodeScope node) {
    Value x = node.value(0);
    ValueType type = x.type();
    long block = node.integer("blocksize", 0);
    if (type.rank() != 4
        || block < 1
        || !(type.dim(1) instanceof Dim.Fixed(long c))
        || c % (block * block) != 0) {
      throw node.bad("makes blocks of %d from %s".formatted(block, type));
    }
    boolean columns = node.text("mode", "DCR").equals("CRD");
    Dim b = Dim.of(block);
    Dim rest = Dim.of(c / (block * block));
    Dim h = type.dim(2);
    Dim w = type.dim(3);
    List<Dim> apart =
        columns ? List.of(type.dim(0), rest, b, b, h, w) : List.of(type.dim(0), b, b, rest, h, w);
    Value blocks = node.step("blocks", new Reshape(apart), x);
    List<Integer> order = columns ? List.of(0, 1, 4, 2, 5, 3) : List.of(0, 3, 4, 1, 5, 2);
    Value moved = node.step("moved", new Transpose(order), blocks);
    return node.result(
        new Reshape(List.of(type.dim(0), rest, h.times(block), w.times(block))), moved);
  }

  private static List<Imported> spaceToDepth(NodeScope node) {
    Value x = node.value(0);
    ValueType type = x.type();
    long block = node.integer("blocksize", 0);
    if (type.rank() != 4 || block < 1 || !(type.dim(1) instanceof Dim.Fixed(long c))) {
      throw node.bad("makes blocks of %d from %s".formatted(block, type));
    }
    Dim b = Dim.of(block);
    Dim h = type.dim(2).dividedBy(block);
    Dim w = type.dim(3).dividedBy(block);
    Value blocks = node.step("blocks", new Reshape(List.of(type.dim(0), Dim.of(c), h, b, w, b)), x);
    Value moved = node.step("moved", new Transpose(List.of(0, 3, 5, 1, 2, 4)), blocks);
    return node.result(new Reshape(List.of(type.dim(0), Dim.of(c * block * block), h, w)), moved);
  }
}
