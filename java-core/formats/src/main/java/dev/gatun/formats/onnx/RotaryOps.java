package dev.gatun.formats.onnx;

import static dev.gatun.formats.onnx.Composition.ADD;
import static dev.gatun.formats.onnx.Composition.MUL;
import static dev.gatun.formats.onnx.Composition.SUB;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Rotary embeddings by tables of cosines and sines (ONNX RotaryEmbedding, and ONNX Runtime's of the
 * same name): pairs of each head's elements turn by the angle of their token.
 */
final class RotaryOps {
  private final NodeScope node;
  private final Composition parts;
  private final boolean interleaved;
  private final int half;
  private final Value cos;
  private final Value sin;

  /**
   * Turns by tables.
   *
   * @param cos F32 [batch, tokens, half], likewise sin
   */
  private RotaryOps(NodeScope node, boolean interleaved, Value cos, Value sin) {
    this.node = node;
    this.parts = new Composition(node);
    this.interleaved = interleaved;
    this.half = half(node, cos.type());
    this.cos = table("cos", cos);
    this.sin = table("sin", sin);
  }

  /**
   * Turns by rows of tables [positions, half].
   *
   * @param places integers [batch, tokens]
   */
  static RotaryOps of(NodeScope node, boolean interleaved, Value cos, Value sin, Value places) {
    Value picked = node.step("cos.rows", new Gather(0), cos, places);
    return new RotaryOps(
        node, interleaved, picked, node.step("sin.rows", new Gather(0), sin, places));
  }

  static void register(OpImporters ops) {
    ops.add("RotaryEmbedding", node -> embed(node, 1, 2, 3));
    ops.add("com.microsoft:RotaryEmbedding", node -> embed(node, 2, 3, 1));
  }

  private static List<Imported> embed(NodeScope node, int cos, int sin, int places) {
    if (node.real("scale", 1) != 1 || node.flag("is_packed_batching", false)) {
      throw node.unsupported("it scales its positions or packs its batch");
    }
    Value x = node.value(0);
    ValueType type = x.type();
    boolean apart = type.rank() == 4;
    if (!apart && type.rank() != 3) {
      throw node.bad("turns " + type);
    }
    Dim batch = type.dim(0);
    Dim tokens = type.dim(apart ? 2 : 1);
    boolean interleaved = node.flag("interleaved", false);
    RotaryOps rotary =
        node.has(places)
            ? of(
                node,
                interleaved,
                node.value(cos),
                node.value(sin),
                places(node, node.value(places), batch, tokens))
            : new RotaryOps(node, interleaved, node.value(cos), node.value(sin));
    Value rows = rotary.parts.cast("single", x, DType.F32);
    if (apart) {
      rows = node.step("rows", new Transpose(List.of(0, 2, 1, 3)), rows);
    } else {
      rows = node.step("heads", new Reshape(heads(node, rotary, type)), rows);
    }
    Value turned = rotary.turn("x", rows);
    if (apart) {
      turned = node.step("back", new Transpose(List.of(0, 2, 1, 3)), turned);
    }
    return rotary.parts.finish(turned, type);
  }

  private static List<Dim> heads(NodeScope node, RotaryOps rotary, ValueType type) {
    long count = node.integer("num_heads", 0);
    long dim = 2L * rotary.half;
    if (!(type.dim(2) instanceof Dim.Fixed(long width))
        || (count == 0 ? width % dim != 0 : count < 0 || width % count != 0)) {
      throw node.bad("has %d heads in %s".formatted(count, type));
    }
    long all = count == 0 ? width / dim : count;
    return List.of(type.dim(0), type.dim(1), Dim.of(all), Dim.of(width / all));
  }

  /** Positions of all tokens: given, or the first one of each sequence's. */
  private static Value places(NodeScope node, Value given, Dim batch, Dim tokens) {
    if (given.type().rank() == 2) {
      return given;
    }
    Value first = node.step("first", new Reshape(List.of(Dim.of(1), Dim.of(1))), given);
    Value row = node.step("places", ADD, first, new Composition(node).range("steps", tokens));
    List<Dim> dims = List.of(batch, tokens);
    return node.step("all", new Expand(dims), row, node.extents("all.extents", dims));
  }

  private static int half(NodeScope node, ValueType table) {
    if (table.rank() != 3 || !(table.dim(2) instanceof Dim.Fixed(long half))) {
      throw node.bad("has a table of angles " + table);
    }
    return Math.toIntExact(half);
  }

  /** Shaped to meet [batch, tokens, heads, half], or pairs of [.., half, 2]. */
  private Value table(String name, Value rows) {
    List<Dim> dims = new ArrayList<>(rows.type().dims());
    dims.add(2, Dim.of(1));
    if (interleaved) {
      dims.add(Dim.of(1));
    }
    Value single = parts.cast(name + ".single", rows, DType.F32);
    return node.step(name, new Reshape(dims), single);
  }

  /** Turns the first elements of each head, F32 [batch, tokens, heads, dim]; the others pass. */
  Value turn(String name, Value x) {
    List<Dim> dims = x.type().dims();
    if (!(dims.get(3) instanceof Dim.Fixed(long width)) || width < 2L * half) {
      throw node.bad("turns %d elements of %s".formatted(2 * half, x.type()));
    }
    Value turning = width == 2L * half ? x : part(name + ".turning", x, 3, 0, 2L * half);
    List<Dim> whole = turning.type().dims();
    int axis = 3;
    if (interleaved) {
      List<Dim> pairs = new ArrayList<>(whole.subList(0, 3));
      pairs.add(Dim.of(half));
      pairs.add(Dim.of(2));
      turning = node.step(name + ".pairs", new Reshape(pairs), turning);
      axis = 4;
    }
    long each = interleaved ? 1 : half;
    Value a = part(name + ".a", turning, axis, 0, each);
    Value b = part(name + ".b", turning, axis, each, each);
    Value first =
        node.step(
            name + ".first",
            SUB,
            node.step(name + ".a.cos", MUL, a, cos),
            node.step(name + ".b.sin", MUL, b, sin));
    Value second =
        node.step(
            name + ".second",
            ADD,
            node.step(name + ".a.sin", MUL, a, sin),
            node.step(name + ".b.cos", MUL, b, cos));
    Value turned = node.step(name + ".turned", new Concat(axis), first, second);
    if (interleaved) {
      turned = node.step(name + ".joined", new Reshape(whole), turned);
    }
    if (width == 2L * half) {
      return turned;
    }
    Value rest = part(name + ".rest", x, 3, 2L * half, width - 2L * half);
    return node.step(name + ".whole", new Concat(3), turned, rest);
  }

  private Value part(String name, Value x, int axis, long from, long length) {
    return node.step(name, new Slice(axis, from, Dim.of(length)), x);
  }
}
