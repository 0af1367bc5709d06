package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.cpuengine.weight.WeightStore;
import dev.gatun.engine.memory.GraphPlaces;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Views;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.os.HugePages;
import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Turns the nodes of a graph into steps, in order. One use; the result is read from its parts. */
final class Lowering extends GraphPlaces {
  final KernelSet kernels;
  final boolean splits;
  final WeightStore.Lease weights;
  final CacheLayout cache;
  final List<Step> steps = new ArrayList<>();
  final List<Supplier<?>> working = new ArrayList<>();
  final List<BatchInputs> batches = new ArrayList<>();
  final IdentityHashMap<Graph, Program> subprograms = new IdentityHashMap<>();
  final Function<Graph, Program> compiler;
  final Set<Integer> fused = new HashSet<>();
  int stateBatch = -1;
  private final Acceptance acceptance;
  private final Map<String, Operand> sizes = new TreeMap<>();
  private final List<Set<Integer>> sizesRead = new ArrayList<>();
  private final PointwiseLowering pointwise = new PointwiseLowering(this);
  private final MatrixLowering matrices = new MatrixLowering(this);
  private final ShapeLowering shapes = new ShapeLowering(this);
  private final AttentionLowering attention = new AttentionLowering(this);
  private final ExpertLowering experts = new ExpertLowering(this);
  private final LayerLowering layers = new LayerLowering(this);
  private final RecurrentLowering recurrent = new RecurrentLowering(this);
  private final OneHotLowering oneHots = new OneHotLowering(this);
  private final ReferenceLowering references = new ReferenceLowering(this);

  /**
   * Positions and sequence ids, from which a {@code BatchIndex} is built; or the length of the
   * sequences of a padded batch, and null for the others.
   */
  record BatchInputs(Operand positions, Operand sequences, Extent rows, Extent length) {}

  /**
   * @param splits whether attention may split what few queries see: their sums then run in another
   *     order than those of many
   * @param kept ids of values that must be readable after a run
   * @param memory for copies of small constants
   * @param compiler compiles the bodies of control flow
   */
  Lowering(
      Graph graph,
      KernelSet kernels,
      boolean splits,
      WeightStore.Lease weights,
      Set<Integer> kept,
      Arena memory,
      Function<Graph, Program> compiler) {
    super(graph, kept, (bytes, _) -> HugePages.allocate(bytes, memory));
    this.compiler = compiler;
    acceptance = new Acceptance(graph, kernels);
    this.kernels = kernels;
    this.splits = splits;
    this.weights = weights;
    cache = new CacheLayout(graph.states(), AttentionKernels::tileBytes);
  }

  void lower() {
    for (Node node : graph().nodes()) {
      if (!Views.isView(node) && !fused.contains(node.id())) {
        acceptance
            .refusal(node)
            .ifPresent(reason -> {
              throw new BackendException("node '" + node.name() + "': " + reason);
            });
        if (acceptance.hasKernels(node) && !findsSizes(node)) {
          lower(node);
        } else {
          references.reference(node);
        }
        List<Value> touched = new ArrayList<>(node.inputs());
        touched.addAll(node.outputs());
        readSizes(touched);
      }
    }
  }

  private void lower(Node node) {
    switch (node.op()) {
      case Unary op -> pointwise.unary(node, op);
      case Binary op -> pointwise.binary(node, op);
      case GatedActivation op -> pointwise.gated(node, op);
      case Cast op -> pointwise.cast(node, op);
      case RmsNormalization op -> pointwise.rms(node, op);
      case LayerNormalization op -> pointwise.layer(node, op);
      case Softmax op -> pointwise.softmax(node, op);
      case MatMul op -> matrices.matMul(node, op);
      case Slice op -> {
        if (!matrices.splitSlice(node, op)) {
          shapes.slice(node, op);
        }
      }
      case Concat op -> shapes.concat(node, op);
      case Transpose op -> shapes.transpose(node, op);
      case Reduce op -> shapes.reduce(node, op);
      case Gather op -> shapes.gather(node, op);
      case Comparison op -> {
        if (!oneHots.lower(node, op)) {
          pointwise.compare(node, op);
        }
      }
      case Conv op -> layers.conv(node, op);
      case ConvTranspose op -> layers.transpose(node, op);
      case Pool op -> layers.pool(node, op);
      case Resize op -> layers.resize(node, op);
      case Recurrent op -> recurrent.recurrent(node, op);
      case RotaryEmbedding op -> attention.rotary(node, op);
      case Attention op -> attention.attention(node, op);
      case MixtureOfExperts op -> experts.mixture(node, op);
      default -> references.reference(node);
    }
  }

  /** Sizes that a node's results bind; later steps with these sizes wait for it. */
  List<Access> binds(Node node) {
    List<Access> writes = new ArrayList<>();
    for (Value value : node.outputs()) {
      for (String symbol : dataDependent(value)) {
        if (!sizes.containsKey(symbol)) {
          sizes.put(symbol, storages().state());
          writes.add(Access.whole(sizes.get(symbol)));
        }
      }
    }
    return writes;
  }

  /** The steps added since the last call work with the sizes of these values. */
  void readSizes(List<Value> values) {
    Set<Integer> tokens = new HashSet<>();
    for (Value value : values) {
      for (String symbol : dataDependent(value)) {
        if (sizes.containsKey(symbol)) {
          tokens.add(sizes.get(symbol).storage());
        }
      }
    }
    while (sizesRead.size() < steps.size()) {
      Set<Integer> read = new HashSet<>(tokens);
      steps.get(sizesRead.size()).info().writes().forEach(access -> read.remove(access.storage()));
      sizesRead.add(read);
    }
  }

  /** Per step, the storages that stand for sizes which must be known before it. */
  List<Set<Integer>> sizesRead() {
    return sizesRead;
  }

  /** Whether sizes are known only from the node's results: no kernel tells them. */
  private boolean findsSizes(Node node) {
    Set<String> known = new HashSet<>(sizes.keySet());
    graph().inputs().forEach(input -> known.addAll(dataDependent(input)));
    return node.outputs().stream().anyMatch(value -> !known.containsAll(dataDependent(value)));
  }

  private static Set<String> dataDependent(Value value) {
    Set<String> names = new HashSet<>();
    for (Dim dim : value.type().dims()) {
      switch (dim) {
        case Dim.Fixed _ -> {}
        case Dim.Symbol symbol -> addDataDependent(symbol, names);
        case Dim.Affine affine ->
            affine.terms().forEach(term -> addDataDependent(term.symbol(), names));
      }
    }
    return names;
  }

  private static void addDataDependent(Dim.Symbol symbol, Set<String> names) {
    if (symbol.dataDependent()) {
      names.add(symbol.name());
    }
  }

  /** Index of a batch; registers it. */
  int batch(BatchInputs inputs) {
    int known = batches.indexOf(inputs);
    if (known >= 0) {
      return known;
    }
    batches.add(inputs);
    return batches.size() - 1;
  }

  /** Registers an object that each worker of a session gets for itself. */
  int working(Supplier<?> maker) {
    working.add(maker);
    return working.size() - 1;
  }

  static StepInfo info(Node node, String unit, List<Access> reads, List<Access> writes) {
    return new StepInfo(List.of(node.name()), unit, reads, writes);
  }
}
