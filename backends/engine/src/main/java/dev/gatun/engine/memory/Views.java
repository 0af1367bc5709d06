package dev.gatun.engine.memory;

import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Slice;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which values are parts of others without any copying, and how often each is read. A reshape is
 * its input; a slice is, when it is one contiguous piece.
 */
public final class Views {
  /** A value's place: {@code offset} bytes into the root value. */
  public record View(Value root, long offset) {}

  private final Graph graph;
  private final Map<Integer, View> views = new HashMap<>();
  private final Map<Integer, Integer> reads = new HashMap<>();
  private final Set<Integer> kept;

  /**
   * @param kept ids of values whose content must survive the run
   */
  public Views(Graph graph, Set<Integer> kept) {
    this.graph = graph;
    this.kept = new java.util.HashSet<>();
    for (Node node : graph.nodes()) {
      if (isView(node)) {
        View of = view(node.input(0));
        views.put(node.output().id(), new View(of.root(), of.offset() + offset(node)));
      } else {
        node.inputs().forEach(value -> reads.merge(view(value).root().id(), 1, Integer::sum));
      }
    }
    for (int id : kept) {
      View view = views.get(id);
      this.kept.add(view == null ? id : view.root().id());
    }
  }

  public View view(Value value) {
    return views.getOrDefault(value.id(), new View(value, 0));
  }

  /** Whether the node only names a part of its input. */
  public static boolean isView(Node node) {
    return switch (node.op()) {
      case Reshape reshape -> true;
      case Slice slice -> isContiguous(node.input(0).type(), slice.axis());
      default -> false;
    };
  }

  private static boolean isContiguous(ValueType type, int axis) {
    if (type.dtype().isBlocked()) {
      return false;
    }
    for (int i = 0; i < type.rank(); i++) {
      if (i < axis ? !type.dim(i).is(1) : i > axis && !(type.dim(i) instanceof Dim.Fixed)) {
        return false;
      }
    }
    return true;
  }

  private static long offset(Node node) {
    if (!(node.op() instanceof Slice slice)) {
      return 0;
    }
    ValueType type = node.input(0).type();
    long inner = 1;
    for (int i = slice.axis() + 1; i < type.rank(); i++) {
      inner *= type.dim(i).max();
    }
    return type.dtype().byteSize(slice.start() * inner);
  }

  /** The data of a constant, or of a reshaped one. */
  public Optional<Tensor> constant(Value value) {
    View view = view(value);
    Optional<Constant> constant = graph.constant(view.root());
    boolean whole =
        view.offset() == 0
            && value.type().dims().stream().allMatch(dim -> dim instanceof Dim.Fixed);
    if (constant.isEmpty() || !whole) {
      return Optional.empty();
    }
    Tensor data = constant.get().data();
    var shape = value.type().resolve(Map.of());
    return shape.elements() == data.shape().elements()
        ? Optional.of(data.reshape(shape))
        : Optional.empty();
  }

  /** Whether an op may overwrite this value with its result: nobody else reads it. */
  public boolean mayOverwrite(Value value) {
    View view = view(value);
    return view.offset() == 0
        && reads.getOrDefault(view.root().id(), 0) == 1
        && graph.producer(view.root()).isPresent()
        && !kept.contains(view.root().id())
        && sameSize(view.root().type(), value.type());
  }

  /** Whether both surely have as many elements. */
  public static boolean sameSize(ValueType a, ValueType b) {
    return Extent.canonical(0, a.dims()).equals(Extent.canonical(0, b.dims()));
  }

  /** Whether this value must survive the run. */
  public boolean isKept(Value value) {
    return kept.contains(view(value).root().id());
  }
}
