package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Content;
import dev.gatun.qnn.QnnTensor.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Collects operators, and has those that lowerings use often. Checks each by its definition. */
final class Emitter {
  private final Elements floats;
  private final List<QnnOp> ops = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>();
  private String node = "";
  private int count;

  /**
   * An emitter without operators.
   *
   * @param floats what floating-point numbers become: F16 or F32
   */
  Emitter(Elements floats) {
    this.floats = floats;
  }

  /** What floating-point numbers are. */
  Form floats() {
    return Form.of(floats);
  }

  /** Names of what follows begin with the node's. */
  void enter(String name) {
    node = name;
  }

  List<QnnOp> ops() {
    return ops;
  }

  /** For each operator the node that it belongs to. */
  List<String> nodes() {
    return nodes;
  }

  /** A name that nothing else has. */
  String unique(String what) {
    return "%s/%d.%s".formatted(node, count++, what);
  }

  /** An operator with one output. */
  QnnTensor op(
      String type, Form form, List<Integer> dims, List<QnnTensor> inputs, Parameter... parameters) {
    String name = unique(type);
    QnnTensor output =
        new QnnTensor(
            name + ":0",
            Role.BETWEEN_NODES,
            form.elements(),
            form.quantization(),
            dims,
            Optional.empty());
    QnnOp op = new QnnOp(name, type, inputs, List.of(output), List.of(parameters));
    OpDefinition.check(op);
    ops.add(op);
    nodes.add(node);
    return output;
  }

  /** Of one input, elements and shape stay. */
  QnnTensor unary(String type, Form form, QnnTensor x, Parameter... parameters) {
    return op(type, form, x.dims(), List.of(x), parameters);
  }

  /** Of two inputs that broadcast as NumPy does. */
  QnnTensor binary(String type, Form form, QnnTensor a, QnnTensor b) {
    return op(type, form, broadcast(a.dims(), b.dims()), List.of(a, b));
  }

  static List<Integer> broadcast(List<Integer> a, List<Integer> b) {
    int rank = Math.max(a.size(), b.size());
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int left = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
      int right = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
      dims.add(left == 1 ? right : left);
    }
    return dims;
  }

  QnnTensor reshape(QnnTensor x, List<Integer> dims) {
    return x.dims().equals(dims) ? x : op("Reshape", Form.of(x), dims, List.of(x));
  }

  QnnTensor reshape(QnnTensor x, int... dims) {
    return reshape(x, list(dims));
  }

  QnnTensor transpose(QnnTensor x, List<Integer> permutation) {
    if (permutation.equals(IntStream.range(0, x.rank()).boxed().toList())) {
      return x;
    }
    List<Integer> dims = permutation.stream().map(x::dim).toList();
    return op("Transpose", Form.of(x), dims, List.of(x), vector("perm", permutation));
  }

  QnnTensor transpose(QnnTensor x, int... permutation) {
    return transpose(x, list(permutation));
  }

  QnnTensor concat(int axis, List<QnnTensor> parts, Form form) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Integer> dims = new ArrayList<>(parts.getFirst().dims());
    dims.set(axis, parts.stream().mapToInt(part -> part.dim(axis)).sum());
    return op("Concat", form, dims, parts, new Parameter.U32("axis", axis));
  }

  /** Elements {@code [start, start + length)} of an axis. */
  QnnTensor slice(QnnTensor x, int axis, int start, int length) {
    if (start == 0 && length == x.dim(axis)) {
      return x;
    }
    List<Integer> ranges = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      ranges.addAll(i == axis ? List.of(start, start + length, 1) : List.of(0, x.dim(i), 1));
    }
    List<Integer> dims = new ArrayList<>(x.dims());
    dims.set(axis, length);
    return op(
        "StridedSlice",
        Form.of(x),
        dims,
        List.of(x),
        new Parameter.I32s("ranges", List.of(x.rank(), 3), ranges));
  }

  QnnTensor matMul(QnnTensor a, QnnTensor b, boolean transposeB, Form form) {
    int rank = Math.max(a.rank(), b.rank());
    List<Integer> dims =
        new ArrayList<>(
            broadcast(a.dims().subList(0, a.rank() - 2), b.dims().subList(0, b.rank() - 2)));
    dims.add(a.dim(-2));
    dims.add(transposeB ? b.dim(-2) : b.dim(-1));
    return op(
        "MatMul",
        form,
        dims,
        List.of(padRank(a, rank), padRank(b, rank)),
        new Parameter.Bool("transpose_in0", false),
        new Parameter.Bool("transpose_in1", transposeB));
  }

  /** Axes of extent 1 before the others. */
  QnnTensor padRank(QnnTensor x, int rank) {
    List<Integer> dims = new ArrayList<>(Collections.nCopies(rank - x.rank(), 1));
    dims.addAll(x.dims());
    return reshape(x, dims);
  }

  /** A reduction whose axes stay with extent 1. */
  QnnTensor reduce(String type, Form form, QnnTensor x, List<Integer> axes) {
    List<Integer> dims = new ArrayList<>(x.dims());
    axes.forEach(axis -> dims.set(axis, 1));
    return op(
        type, form, dims, List.of(x), vector("axes", axes), new Parameter.Bool("keep_dims", true));
  }

  /** Softmax over the last axis. */
  QnnTensor softmax(QnnTensor x, Form form) {
    return unary("Softmax", form, x, new Parameter.U32("axis", x.rank() - 1));
  }

  /** A floating-point number, as a tensor of one element. */
  QnnTensor real(double value) {
    return reals(List.of(1), value);
  }

  /** A constant of floating-point numbers. */
  QnnTensor reals(List<Integer> dims, double... values) {
    return QnnTensor.constant(
        unique("number"), floats, dims, target -> Numbers.write(floats, values, target));
  }

  QnnTensor constant(Form form, List<Integer> dims, Content content) {
    return new QnnTensor(
        unique("constant"),
        Role.CONSTANT,
        form.elements(),
        form.quantization(),
        dims,
        Optional.of(content));
  }

  static Parameter vector(String name, List<Integer> values) {
    return new Parameter.U32s(name, List.of(values.size()), values);
  }

  static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
