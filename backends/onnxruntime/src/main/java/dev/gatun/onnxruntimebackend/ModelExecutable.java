package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** A graph that the library has compiled; all its sessions share the weights. */
final class ModelExecutable implements Executable {
  /** Most sequences of one session; each has buffers of its own. */
  static final int MAX_SEQUENCES = 64;

  private static final int SAMPLE_BYTES = 64;

  private final String device;
  private final Host host;
  private final Graph graph;
  private final GraphModel model;
  private final SessionFactory factory;
  private final List<ShapeProfile> profiles;
  private final OpenModel open;
  private final Placement placement;
  private final byte[] identity;
  private int users = 1;
  private boolean closed;

  ModelExecutable(
      String device,
      Host host,
      Graph graph,
      GraphModel model,
      SessionFactory factory,
      List<ShapeProfile> profiles) {
    this.device = device;
    this.host = host;
    this.graph = graph;
    this.model = model;
    this.factory = factory;
    this.profiles = List.copyOf(profiles);
    identity = identity(graph);
    open = factory.open(model);
    try {
      placement =
          Placement.of(
              graph.nodes(), open.assignments(), model.nodes(), factory.target().provider());
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** Tells models apart by names, types and first bytes of their constants. */
  private static byte[] identity(Graph graph) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (Constant constant : graph.constants()) {
      sha.update(constant.value().toString().getBytes(StandardCharsets.UTF_8));
      MemorySegment data = constant.data().data();
      long sample = Math.min(SAMPLE_BYTES, data.byteSize());
      sha.update(data.asSlice(0, sample).toArray(ValueLayout.JAVA_BYTE));
    }
    return sha.digest();
  }

  String device() {
    return device;
  }

  Host host() {
    return host;
  }

  Graph graph() {
    return graph;
  }

  List<ShapeProfile> profiles() {
    return profiles;
  }

  List<Value> results() {
    return model.results();
  }

  List<LoweredState> states() {
    return model.states();
  }

  byte[] identity() {
    return identity;
  }

  /** What a session runs on. */
  ModelRun newRun() {
    return factory.profiles()
        ? ModelRun.recording(factory.openRecording(model), model.nodes())
        : ModelRun.shared(open.session());
  }

  @Override
  public List<NodePlacement> strayed() {
    return placement.strayed();
  }

  @Override
  public StateCapabilities state() {
    return states().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(
            StateCapabilities.Layout.CONTIGUOUS, MAX_SEQUENCES, true, true, true);
  }

  @Override
  public long stateBytes(int positions) {
    long bytes = 0;
    for (LoweredState state : states()) {
      bytes += state.key().byteSize(positions);
      bytes += state.value().map(value -> value.byteSize(positions)).orElse(0L);
    }
    return bytes;
  }

  @Override
  public long weightBytes() {
    return model.weightBytes();
  }

  @Override
  public synchronized ExecutableSession newSession(SessionOptions options) {
    if (closed) {
      throw new BackendException("the executable is closed");
    }
    if (!states().isEmpty() && options.sequences() > MAX_SEQUENCES) {
      throw new BackendException(
          options.sequences() + " sequences; a session holds " + MAX_SEQUENCES);
    }
    users++;
    boolean done = false;
    try {
      var opened = new ModelSession(this, options);
      done = true;
      return opened;
    } finally {
      if (!done) {
        users--;
      }
    }
  }

  @Override
  public List<NodePlacement> placement() {
    return placement.nodes();
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
      open.close();
    }
  }
}
