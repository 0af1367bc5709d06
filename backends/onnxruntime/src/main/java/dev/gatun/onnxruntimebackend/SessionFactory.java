package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtOptions.Optimization;
import dev.gatun.onnxruntime.OrtSession;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes the library's sessions for one device as options and settings want them.
 *
 * @param target what runs the nodes
 * @param profiles whether sessions record how long each node takes
 * @param cache where optimized models are kept; empty when they are not
 */
record SessionFactory(
    Host host,
    Target target,
    boolean profiles,
    int threads,
    Optimization optimization,
    boolean arena,
    Optional<ModelCache> cache) {
  /** Setting: how far the library may rewrite a graph: {@code none, basic, extended, all}. */
  static final String OPTIMIZATION = "gatun.onnxruntime.optimization";

  /** Setting: whether sessions keep the memory of a run for the next one; {@code true}. */
  static final String ARENA = "gatun.onnxruntime.arena";

  private static final System.Logger LOG = System.getLogger(SessionFactory.class.getName());

  static SessionFactory of(Host host, Target target, ProbeContext context, CompileOptions options) {
    String threads = options.choices().get(Tunable.THREADS);
    return new SessionFactory(
        host,
        target,
        options.profile(),
        threads == null ? context.threads() : Integer.parseInt(threads),
        optimization(context),
        Boolean.parseBoolean(context.property(ARENA).orElse("true")),
        target.isCpu() ? ModelCache.of(context) : Optional.empty());
  }

  private static Optimization optimization(ProbeContext context) {
    String name = context.property(OPTIMIZATION).orElse("all");
    try {
      return Optimization.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new BackendException(
          "%s is '%s'; it takes none, basic, extended or all".formatted(OPTIMIZATION, name), e);
    }
  }

  /**
   * A new session, of the optimized model that an earlier one has left where there is one.
   *
   * @throws BackendException with what the library says
   */
  OpenModel open(GraphModel model) {
    Optional<String> key = key(model);
    if (key.isEmpty()) {
      return opened(build(model, Optional.empty()));
    }
    return kept(key.get()).orElseGet(() -> keep(model, key.get()));
  }

  private static OpenModel opened(OrtSession session) {
    try {
      return new OpenModel(session, session.assignments(), Optional.empty());
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** What decides what the library makes of a model; empty when that is not kept. */
  private Optional<String> key(GraphModel model) {
    long bytes = model.weightBytes();
    if (cache.isEmpty() || bytes < ModelCache.LEAST_BYTES || bytes > ModelCache.MOST_BYTES) {
      return Optional.empty();
    }
    // What is made for one processor may not suit another one.
    String machine = HardwareDetector.detect().cpu().features().toString();
    return model
        .identity()
        .map(identity ->
            String.join("\n", identity, host.runtime().version(), optimization.name(), machine))
        .map(text -> Digests.hex(Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8))));
  }

  private Optional<OpenModel> kept(String key) {
    Arena memory = Arena.ofShared();
    Optional<OptimizedModel> found = cache.orElseThrow().find(key, memory);
    if (found.isPresent()) {
      OptimizedModel model = found.get();
      try (OrtOptions options = host.environment().options()) {
        // It is optimized already. The library reads it, weights included, where it is mapped.
        options
            .threads(threads)
            .optimization(Optimization.NONE)
            .arena(arena)
            .entry("session.load_model_format", "ORT")
            .entry("session.use_ort_model_bytes_directly", "1")
            .entry("session.use_ort_model_bytes_for_initializers", "1");
        OrtSession session = host.environment().session(model.model(), options);
        return Optional.of(new OpenModel(session, model.assignments(), Optional.of(memory)));
      } catch (NativeCallException e) {
        LOG.log(System.Logger.Level.DEBUG, "a kept model does not load; it is made again", e);
      }
    }
    memory.close();
    return Optional.empty();
  }

  private OpenModel keep(GraphModel model, String key) {
    Optional<Path> part = cache.orElseThrow().part();
    if (part.isPresent()) {
      try {
        OpenModel open = opened(build(model, part));
        cache.orElseThrow().put(key, part.get(), open.assignments());
        return open;
      } catch (BackendException e) {
        // A disk that is full, or a model that the library cannot write: it may run all the same.
        LOG.log(System.Logger.Level.DEBUG, "an optimized model is not kept", e);
        ModelCache.drop(part.get());
      }
    }
    return opened(build(model, Optional.empty()));
  }

  private OrtSession build(GraphModel model, Optional<Path> save) {
    try (OrtOptions options = options()) {
      save.ifPresent(path -> options.saveOptimized(path).entry("session.save_model_format", "ORT"));
      return model.open(host.environment(), options);
    } catch (NativeCallException e) {
      throw new BackendException(e.getMessage(), e);
    }
  }

  private OrtOptions options() {
    OrtOptions options = host.environment().options();
    options
        .threads(threads)
        .optimization(optimization)
        .arena(arena)
        .entry(OrtSession.RECORD_ASSIGNMENT, "1");
    target.apply(options);
    return options;
  }

  /**
   * A new session that records how long each node takes.
   *
   * @throws BackendException with what the library says
   */
  OrtSession openRecording(GraphModel model) {
    try (OrtOptions options = options()) {
      return model.open(host.environment(), options.profile(profilePrefix()));
    } catch (NativeCallException e) {
      throw new BackendException(e.getMessage(), e);
    }
  }

  private static Path profilePrefix() {
    try {
      Path file = Files.createTempFile("gatun-onnxruntime", ".profile");
      Files.delete(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("no place for the library's profile", e);
    }
  }
}
