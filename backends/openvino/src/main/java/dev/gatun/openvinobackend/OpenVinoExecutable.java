package dev.gatun.openvinobackend;

import dev.gatun.graph.Graph;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.openvino.CompiledModel;
import dev.gatun.openvino.Model;
import dev.gatun.openvinobackend.lower.LoweredModel;
import dev.gatun.openvinobackend.lower.Lowering;
import dev.gatun.openvinobackend.lower.LoweringOptions;
import dev.gatun.openvinobackend.lower.LoweringOptions.Part;
import dev.gatun.openvinobackend.lower.StateMode;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import dev.gatun.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A graph compiled by OpenVINO: once, with open sizes; or, where sizes are fixed, for each
 * combination of sizes when it first comes, the least recently used being forgotten.
 */
final class OpenVinoExecutable implements Executable {
  private static final int MOST_SHAPES = 16;

  private final Target target;
  private final Graph graph;
  private final List<ShapeProfile> profiles;
  private final CompileOptions options;
  private final StateMode mode;
  private final Optional<FileModel> fromFile;
  private final Map<Map<String, Long>, Variant> variants = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Variant> retired = new ArrayList<>();
  private final List<NodePlacement> placement;
  private final long weightBytes;
  private Optional<Variant> blocks = Optional.empty();
  private int users = 1;
  private boolean closed;

  OpenVinoExecutable(
      Target target, Graph graph, List<ShapeProfile> profiles, CompileOptions options) {
    this.target = target;
    this.graph = graph;
    this.profiles = List.copyOf(profiles);
    this.options = options;
    mode = target.settings().stateMode(options);
    fromFile = options.observe().isEmpty() ? FileModel.of(target, graph) : Optional.empty();
    Map<String, Long> first = target.fixed() ? typical() : Map.of();
    Variant compiled = compile(first, mode, hasBlocks() ? Part.CONTINUATION : Part.ALL);
    variants.put(first, compiled);
    // The vendor's own word; and whether the file or our lowering of the graph was compiled.
    String devices = compiled.compiled().property("EXECUTION_DEVICES").strip();
    String source = fromFile.isPresent() ? ".onnx" : ".ir";
    placement =
        graph.nodes().stream()
            .map(node -> new NodePlacement(node.name(), "openvino." + devices + source))
            .toList();
    weightBytes =
        graph.constants().stream().mapToLong(constant -> constant.data().data().byteSize()).sum();
  }

  private Map<String, Long> typical() {
    return profiles.isEmpty() ? Map.of() : new TreeMap<>(profiles.getFirst().typicalSizes(graph));
  }

  /** Whether a model of its own computes blocks of a new sequence's tokens. */
  boolean hasBlocks() {
    return mode == StateMode.REQUEST
        && !graph.states().isEmpty()
        && target.settings().blocksApart(target.info().kind())
        && Lowering.takesContinuation(graph);
  }

  /** What computes blocks of tokens; compiled when it is first needed. */
  synchronized Variant blocks() {
    if (blocks.isEmpty()) {
      blocks = Optional.of(compile(Map.of(), StateMode.TENSORS, Part.BLOCKS));
    }
    return blocks.get();
  }

  private Variant compile(Map<String, Long> sizes, StateMode states, Part part) {
    if (fromFile.isPresent()) {
      return fromFile.get().compile(sizes, options);
    }
    Arena memory = Arena.ofShared();
    try {
      LoweredModel lowered =
          Lowering.lower(
              graph,
              new LoweringOptions(states, options.observe(), sizes, part, target.minima(options)),
              memory);
      try (Model model = target.core().core().read(lowered.ir().xml(), lowered.ir().weights())) {
        CompiledModel compiled =
            target.core().core().compile(model, target.name(), target.properties(graph, options));
        return new Variant(
            compiled,
            lowered.inputs(),
            lowered.outputs(),
            IntStream.range(0, lowered.outputs().size()).boxed().toList(),
            lowered.beam(),
            lowered.caches(),
            memory);
      }
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  /** What runs these sizes. It stays usable until the executable and its sessions are closed. */
  synchronized Variant variant(Map<String, Long> sizes) {
    Map<String, Long> key = target.fixed() ? new TreeMap<>(sizes) : Map.of();
    Variant known = variants.get(key);
    if (known == null) {
      known = compile(key, mode, Part.ALL);
      variants.put(key, known);
      if (variants.size() > MOST_SHAPES) {
        // A session may be using it: its compiled model is closed with the executable.
        var oldest = variants.entrySet().iterator();
        retired.add(oldest.next().getValue());
        oldest.remove();
      }
    }
    return known;
  }

  /** One of the compiled models: all have the same inputs and outputs. */
  synchronized Variant anyVariant() {
    return variants.values().iterator().next();
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

  StateMode mode() {
    return mode;
  }

  @Override
  public StateCapabilities state() {
    if (graph.states().isEmpty()) {
      return StateCapabilities.STATELESS;
    }
    boolean reachable = mode == StateMode.TENSORS;
    return new StateCapabilities(
        reachable ? Layout.CONTIGUOUS : Layout.OPAQUE,
        OpenVinoDevice.MAX_SEQUENCES,
        reachable,
        reachable,
        reachable);
  }

  @Override
  public long stateBytes(int positions) {
    long bytes = 0;
    for (State state : graph.states()) {
      StateSpec spec = state.spec();
      int element = spec.dtype() == DType.F32 ? Float.BYTES : Short.BYTES;
      bytes += (long) spec.kvHeads() * (spec.keyDim() + spec.valueDim()) * element * positions;
    }
    return bytes;
  }

  @Override
  public long weightBytes() {
    return weightBytes;
  }

  @Override
  public synchronized ExecutableSession newSession(SessionOptions sessionOptions) {
    if (closed) {
      throw new BackendException(graph.name() + ": the executable is closed");
    }
    if (!graph.states().isEmpty() && sessionOptions.sequences() > OpenVinoDevice.MAX_SEQUENCES) {
      throw new BackendException(
          "%d sequences; a session holds %d"
              .formatted(sessionOptions.sequences(), OpenVinoDevice.MAX_SEQUENCES));
    }
    var session = new OpenVinoSession(this, sessionOptions);
    users++;
    return session;
  }

  @Override
  public List<NodePlacement> placement() {
    return placement;
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
      blocks.ifPresent(Variant::close);
    }
  }
}
