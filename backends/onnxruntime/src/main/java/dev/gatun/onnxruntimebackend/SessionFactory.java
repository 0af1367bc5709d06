package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.onnxruntime.EpDevice;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtOptions.Optimization;
import dev.gatun.onnxruntime.OrtSession;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Makes the library's sessions for one device as options and settings want them.
 *
 * @param profiles whether sessions record how long each node takes
 */
record SessionFactory(
    Host host,
    EpDevice device,
    boolean profiles,
    int threads,
    Optimization optimization,
    boolean arena,
    java.util.Map<String, String> providerOptions) {
  /** Setting: how far the library may rewrite a graph: {@code none, basic, extended, all}. */
  static final String OPTIMIZATION = "gatun.onnxruntime.optimization";

  /** Setting: whether sessions keep the memory of a run for the next one; {@code true}. */
  static final String ARENA = "gatun.onnxruntime.arena";

  static final String CPU_PROVIDER = "CPUExecutionProvider";

  static SessionFactory of(
      Host host, EpDevice device, ProbeContext context, CompileOptions options) {
    String threads = options.choices().get(Tunable.THREADS);
    return new SessionFactory(
        host,
        device,
        options.profile(),
        threads == null ? context.threads() : Integer.parseInt(threads),
        optimization(context),
        Boolean.parseBoolean(context.property(ARENA).orElse("true")),
        PlugIn.options(context, device.provider(), device.providerMetadata()));
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

  String provider() {
    return device.provider();
  }

  /**
   * A new session.
   *
   * @param recording whether it records how long each node takes
   * @throws BackendException with what the library says
   */
  OrtSession open(GraphModel model, boolean recording) {
    try (OrtOptions options = host.environment().options()) {
      options
          .threads(threads)
          .optimization(optimization)
          .arena(arena)
          .entry(OrtSession.RECORD_ASSIGNMENT, "1");
      if (!provider().equals(CPU_PROVIDER)) {
        options.provider(List.of(device), providerOptions);
      }
      if (recording) {
        options.profile(profilePrefix());
      }
      return model.open(host.environment(), options);
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
