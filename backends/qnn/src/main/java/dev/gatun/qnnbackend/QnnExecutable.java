package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.FixedShapes;
import dev.gatun.engine.compiled.PaddingRules;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.qnn.QnnContext;
import dev.gatun.qnn.QnnGraph;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnnbackend.lower.LoweredGraph;
import dev.gatun.qnnbackend.lower.Lowering;
import dev.gatun.qnnbackend.lower.LoweringOptions;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A graph compiled by QNN for each combination of sizes when it first comes, the least recently
 * used being forgotten. Tokens and rows are padded where no token sees another but through
 * attention: to a profile's sizes, or, with a state, to one token or a block.
 */
final class QnnExecutable implements Executable {
  private static final int MOST_VARIANTS = 16;

  private final Target target;
  private final Graph graph;
  private final List<ShapeProfile> profiles;
  private final CompileOptions options;
  private final ContextCache cache;
  private final Optional<FixedShapes> padding;
  private final Map<LoweringOptions, Variant> variants = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Variant> retired = new ArrayList<>();
  private int users = 1;
  private boolean closed;

  QnnExecutable(Target target, Graph graph, List<ShapeProfile> profiles, CompileOptions options) {
    this.target = target;
    this.graph = graph;
    this.profiles = List.copyOf(profiles);
    this.options = options;
    cache = new ContextCache(target);
    requireValues(options.observe());
    boolean padded =
        !profiles.isEmpty()
            && graph.nodes().stream().allMatch(node -> PaddingRules.problem(node).isEmpty())
            && graph.inputs().stream().allMatch(QnnExecutable::padsAtTheEnd)
            && graph.outputs().stream().allMatch(QnnExecutable::padsAtTheEnd);
    padding = padded ? Optional.of(new FixedShapes(graph, profiles)) : Optional.empty();
    if (graph.states().isEmpty()) {
      warmUp();
    }
  }

  private void requireValues(Set<String> names) {
    Set<String> known = new HashSet<>();
    graph.inputs().forEach(value -> known.add(value.name()));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> known.add(value.name())));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new BackendException(
            "cannot observe '%s': no value of %s has this name".formatted(name, graph.name()));
      }
    }
  }

  /**
   * Compiles for the first profile where its sizes are the only ones, so that a failure shows at
   * once. Where another size may come first, compiling the usual one would be in vain.
   */
  private void warmUp() {
    if (profiles.isEmpty()) {
      return;
    }
    Map<String, Range> ranges = profiles.getFirst().ranges();
    Map<String, Long> sizes = profiles.getFirst().typicalSizes(graph);
    boolean only =
        sizes.keySet().stream()
            .allMatch(name ->
                ranges.containsKey(name) && ranges.get(name).min() == ranges.get(name).max());
    if (only || padding.isPresent()) {
      variant(new Bindings(sizes), 0);
    }
  }

  private static boolean padsAtTheEnd(Value value) {
    List<Dim> dims = value.type().dims();
    return dims.stream().skip(1).noneMatch(PaddingRules::isPadded);
  }

  Graph graph() {
    return graph;
  }

  Target target() {
    return target;
  }

  CompileOptions options() {
    return options;
  }

  List<ShapeProfile> profiles() {
    return profiles;
  }

  /** Most tokens of one run over a state. */
  int block() {
    long most = padding.map(FixedShapes::maxTokens).orElse(1L);
    return (int) Math.max(1, Math.min(target.settings().block(), most));
  }

  /**
   * What runs these sizes. It stays usable until the executable and its sessions are closed.
   *
   * @param capacity positions that are stored beside those of a run
   */
  synchronized Variant variant(Bindings sizes, int capacity) {
    LoweringOptions key =
        new LoweringOptions(
            padded(sizes).sizes(), target.settings().floats(), capacity, options.observe());
    Variant known = variants.get(key);
    if (known == null) {
      known = compile(key);
      variants.put(key, known);
      if (variants.size() > MOST_VARIANTS) {
        // A session may be using it: its context is closed with the executable.
        var oldest = variants.entrySet().iterator();
        retired.add(oldest.next().getValue());
        oldest.remove();
      }
    }
    return known;
  }

  private Bindings padded(Bindings sizes) {
    if (padding.isEmpty()) {
      return sizes;
    }
    if (graph.states().isEmpty()) {
      return padding.get().pad(sizes);
    }
    Map<String, Long> padded = new TreeMap<>(sizes.sizes());
    long tokens = padded.get(Batch.TOKENS) == 1 ? 1 : block();
    padded.put(Batch.TOKENS, tokens);
    padded.computeIfPresent(Batch.ROWS, (rows, count) -> count <= 1 ? 1 : tokens);
    return new Bindings(padded);
  }

  private Variant compile(LoweringOptions key) {
    LoweredGraph lowered = Lowering.lower(graph, key);
    Optional<Path> file = cache.file(graph, key, lowered);
    Optional<ContextCache.Kept> kept =
        file.flatMap(each -> cache.load(each, graph.name(), lowered));
    if (kept.isEmpty()) {
      ContextCache.Kept made = build(lowered);
      file.ifPresent(each -> cache.store(each, made, lowered));
      kept = Optional.of(made);
    }
    return new Variant(lowered, key, kept.get().context(), kept.get().graph(), new ReentrantLock());
  }

  private ContextCache.Kept build(LoweredGraph lowered) {
    QnnContext context = target.qnn().backend().newContext();
    boolean done = false;
    try {
      QnnGraph made = context.newGraph(graph.name());
      lowered.feeds().forEach(feed -> made.declare(feed.tensor()));
      for (QnnOp op : lowered.ops()) {
        made.add(op);
      }
      made.finish();
      done = true;
      return new ContextCache.Kept(context, made);
    } catch (NativeCallException e) {
      throw new BackendException(
          "%s does not compile %s: %s".formatted(target.info().id(), graph.name(), e.getMessage()),
          e);
    } finally {
      if (!done) {
        context.close();
      }
    }
  }

  @Override
  public StateCapabilities state() {
    return graph.states().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(Layout.CONTIGUOUS, QnnDevice.MAX_SEQUENCES, true, true, true);
  }

  @Override
  public long stateBytes(int positions) {
    long bytes = 0;
    for (State state : graph.states()) {
      StateSpec spec = state.spec();
      bytes +=
          (long) spec.kvHeads()
              * (spec.keyDim() + spec.valueDim())
              * target.settings().floats().bytes()
              * positions;
    }
    return bytes;
  }

  @Override
  public long weightBytes() {
    return graph.constants().stream()
        .mapToLong(constant -> constant.data().shape().elements())
        .map(elements -> elements * target.settings().floats().bytes())
        .sum();
  }

  @Override
  public synchronized ExecutableSession newSession(SessionOptions sessionOptions) {
    if (closed) {
      throw new BackendException(graph.name() + ": the executable is closed");
    }
    if (!graph.states().isEmpty() && sessionOptions.sequences() > QnnDevice.MAX_SEQUENCES) {
      throw new BackendException(
          "%d sequences; a session holds %d"
              .formatted(sessionOptions.sequences(), QnnDevice.MAX_SEQUENCES));
    }
    QnnSession session = new QnnSession(this, sessionOptions);
    users++;
    return session;
  }

  @Override
  public List<NodePlacement> placement() {
    return graph.nodes().stream()
        .map(node -> new NodePlacement(node.name(), target.info().id()))
        .toList();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }

  /** A session, or the owner, is done. */
  synchronized void release() {
    if (--users == 0) {
      variants.values().forEach(Variant::close);
      retired.forEach(Variant::close);
    }
  }
}
