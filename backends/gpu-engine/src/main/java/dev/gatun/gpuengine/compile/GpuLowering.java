package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.GraphPlaces;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Views;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Slice;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns the nodes of a graph into steps, in order. One use; the result is read from its parts. */
final class GpuLowering extends GraphPlaces {
  private final KernelTexts kernels;
  private final Arithmetic arithmetic;
  private final CacheLayout cache;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Integer> fused = new HashSet<>();
  private final Map<OpGroup, OpLowering> groups = new EnumMap<>(OpGroup.class);
  private final List<IndexInput> indices = new ArrayList<>();
  private AttentionInputs attention;
  private Operand lattice;
  private int slots;

  /**
   * @param kept ids of values that must be readable after a run
   * @param memory for copies of small constants
   */
  GpuLowering(
      Graph graph,
      KernelTexts kernels,
      Arithmetic arithmetic,
      Set<Integer> kept,
      SegmentAllocator memory) {
    super(graph, kept, memory);
    this.kernels = kernels;
    this.arithmetic = arithmetic;
    cache = new CacheLayout(graph.states(), AttentionLowering::tileBytes);
  }

  /**
   * @throws BackendException when a node is refused
   */
  void lower() {
    var acceptance = new Acceptance(graph(), kernels);
    for (Node node : graph().nodes()) {
      acceptance
          .refusal(node)
          .ifPresent(reason -> {
            throw new BackendException("node '" + node.name() + "': " + reason);
          });
      boolean inPlace = node.op() instanceof Slice && ColumnRange.isReadInPlace(this, node);
      if (!Views.isView(node) && !inPlace && !fused.contains(node.id())) {
        groups
            .computeIfAbsent(OpGroup.of(node).orElseThrow(), group -> group.lowering(this))
            .lower(node);
      }
    }
  }

  /** A place where sessions keep what a {@link SizesStep} finds. */
  int slot() {
    return slots++;
  }

  KernelTexts kernels() {
    return kernels;
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  CacheLayout cache() {
    return cache;
  }

  List<Step> steps() {
    return steps;
  }

  void add(Step step) {
    steps.add(step);
  }

  /** Begins a step that runs a kernel for a node. */
  KernelStep.Builder launch(Node node, String kernel) {
    return new KernelStep.Builder(this, node.name(), kernel);
  }

  /** Another node's step does what this node, which comes later, says. */
  void fuse(Node node) {
    fused.add(node.id());
  }

  /** The points that kernels for a weight format read; empty for formats without a lattice. */
  Optional<Operand> lattice(DType format) {
    if (!LatticePoints.isReadBy(format)) {
      return Optional.empty();
    }
    if (lattice == null) {
      lattice = written(LatticePoints.bytes(), LatticePoints::write);
    }
    return Optional.of(lattice);
  }

  /** Numbers of a value must lie in [from, to); known before a run where it is an input. */
  void checkIndices(Value value, long from, long to) {
    if (graph().inputs().contains(value)) {
      indices.add(new IndexInput(value, from, to));
    }
  }

  List<IndexInput> indices() {
    return indices;
  }

  /** A value that is read as F32, or null when it is absent. */
  Operand optional(Value value) {
    return value.isAbsent() ? null : operand(value);
  }

  /** A value that is read as F32; a constant of F32 as the model stores it. */
  Operand single(Value value) {
    return isConstant(value) && value.type().dtype() == DType.F32 ? stored(value) : operand(value);
  }

  /** A value that is read by kernels for its dtype: F64 as it is, other floating point as F32. */
  Operand read(Value value) {
    return value.type().dtype() == DType.F64 ? moved(value) : operand(value);
  }

  /** A value whose bytes are moved: a constant as the model stores it. */
  Operand moved(Value value) {
    return isConstant(value) ? stored(value) : operand(value);
  }

  /** A copy of all of a node's first output from a place of as many bytes. */
  Step copy(Node node, Operand from, Operand to) {
    ValueType type = node.outputs().getFirst().type();
    Size elements = Size.of(elements(type));
    return new CopyStep(node.name(), from, to, sizes -> type.dtype().byteSize(elements.of(sizes)));
  }

  /**
   * The node that alone reads a value which need not be kept, so that its work can be done where
   * the value is made; null when there is none.
   */
  Node onlyReader(Value value) {
    List<Node> readers = readers(value);
    return readers.size() == 1 && !views().isKept(value) ? readers.getFirst() : null;
  }

  /**
   * What the attention of a graph takes from the session.
   *
   * @throws BackendException when another node takes other positions or sequences
   */
  AttentionInputs attention(Node node) {
    Value positions = node.input(3);
    Value sequences = node.input(4);
    if (attention == null) {
      attention =
          new AttentionInputs(
              positions,
              sequences,
              extents().of(positions.type().dims()),
              storages().state(),
              storages().state(),
              storages().state(),
              storages().state());
    }
    if (!attention.positions().equals(positions) || !attention.sequences().equals(sequences)) {
      throw new BackendException(
          "node '" + node.name() + "': all attention must be fed by the same positions");
    }
    return attention;
  }

  /** Null when there is no attention over tokens. */
  AttentionInputs attention() {
    return attention;
  }
}
