package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtSession;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What runs a session's bindings: the executable's own session, which all share, or one that
 * records how long each node takes.
 */
final class ModelRun implements AutoCloseable {
  private final OrtSession session;
  private final boolean recording;
  private final Map<String, String> nodes;
  private List<NodeTiming> timings;

  private ModelRun(OrtSession session, boolean recording, Map<String, String> nodes) {
    this.session = session;
    this.recording = recording;
    this.nodes = nodes;
  }

  /** Runs on a session that others own. */
  static ModelRun shared(OrtSession session) {
    return new ModelRun(session, false, Map.of());
  }

  /**
   * Runs on a session that records, and closes it.
   *
   * @param nodes names of the graph's nodes by those of the model's
   */
  static ModelRun recording(OrtSession session, Map<String, String> nodes) {
    return new ModelRun(session, true, nodes);
  }

  OrtSession session() {
    return session;
  }

  void run(OrtBinding binding) {
    binding.run();
  }

  /** Time per node until this is first asked for: the library writes its record once. */
  List<NodeTiming> timings() {
    if (!recording) {
      return List.of();
    }
    if (timings == null) {
      Path file = session.endProfiling();
      try {
        timings = ProfileReader.read(file, nodes);
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the library's profile", e);
      }
    }
    return timings;
  }

  @Override
  public void close() {
    if (!recording) {
      return;
    }
    try {
      if (timings == null) {
        Files.deleteIfExists(session.endProfiling());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the library's profile", e);
    } finally {
      session.close();
    }
  }
}
