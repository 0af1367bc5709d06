package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.GraphIdentity;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Graph;
import dev.gatun.qnn.QnnContext;
import dev.gatun.qnn.QnnGraph;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnnbackend.lower.LoweredGraph;
import dev.gatun.qnnbackend.lower.LoweringOptions;
import dev.gatun.runtime.files.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiled graphs under Gatun's folder: of each a file with the numbers of its inputs and outputs,
 * and what the library made of it. The file's name tells graph, options, and build of the library.
 */
final class ContextCache {
  private static final System.Logger LOG = System.getLogger(ContextCache.class.getName());
  private static final long MAGIC = 0x4741_5455_4e51_4e31L;

  private static final long CHUNK = 1L << 30;

  private final Target target;
  private final Optional<Path> folder;

  ContextCache(Target target) {
    this.target = target;
    folder =
        target.settings().cache()
            ? Optional.of(target.settings().context().home().resolve("cache").resolve("qnn"))
            : Optional.empty();
  }

  /**
   * Where a graph is kept; empty without a cache, or for a graph that its text does not tell.
   *
   * @param lowered what the graph became: another version may lower it in another way
   */
  Optional<Path> file(Graph graph, LoweringOptions options, LoweredGraph lowered) {
    String words =
        "%s %s %s %s"
            .formatted(
                target.qnn().library().buildId(),
                target.info().id(),
                options,
                lowered.description());
    return folder.flatMap(
        each -> GraphIdentity.of(graph, words).map(digest -> each.resolve(digest + ".bin")));
  }

  /** A graph and its context. */
  record Kept(QnnContext context, QnnGraph graph) {}

  /** The kept graph; empty when there is none, or the library does not take it. */
  Optional<Kept> load(Path file, String name, LoweredGraph lowered) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    List<QnnTensor> tensors = lowered.ends();
    long head = head(tensors);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (all.byteSize() <= head
          || all.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) != MAGIC
          || all.get(ValueLayout.JAVA_INT_UNALIGNED, Long.BYTES) != tensors.size()) {
        return Optional.empty();
      }
      Map<QnnTensor, Integer> ids = new LinkedHashMap<>();
      for (int i = 0; i < tensors.size(); i++) {
        long at = Long.BYTES + Integer.BYTES * (1L + i);
        ids.put(tensors.get(i), all.get(ValueLayout.JAVA_INT_UNALIGNED, at));
      }
      QnnContext context = target.qnn().backend().newContext(all.asSlice(head));
      return Optional.of(new Kept(context, context.graph(name, ids)));
    } catch (IOException | NativeCallException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is made anew: {1}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps a finished graph. A full disk, or a library that gives no bytes, is only said. */
  void store(Path file, Kept made, LoweredGraph lowered) {
    List<QnnTensor> tensors = lowered.ends();
    long head = head(tensors);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment binary = made.context().binary(arena);
      MemorySegment start = arena.allocate(head, Long.BYTES);
      start.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, MAGIC);
      start.set(ValueLayout.JAVA_INT_UNALIGNED, Long.BYTES, tensors.size());
      for (int i = 0; i < tensors.size(); i++) {
        long at = Long.BYTES + Integer.BYTES * (1L + i);
        start.set(ValueLayout.JAVA_INT_UNALIGNED, at, made.graph().id(tensors.get(i)));
      }
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), "context", ".tmp");
      try {
        write(part, start, binary);
        AtomicFile.move(part, file);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | NativeCallException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is not kept: {1}", file, e.getMessage());
    }
  }

  private static void write(Path file, MemorySegment... parts) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (MemorySegment part : parts) {
        for (long at = 0; at < part.byteSize(); at += CHUNK) {
          ByteBuffer chunk = part.asSlice(at, Math.min(CHUNK, part.byteSize() - at)).asByteBuffer();
          while (chunk.hasRemaining()) {
            channel.write(chunk);
          }
        }
      }
    }
  }

  private static long head(List<QnnTensor> tensors) {
    long bytes = Long.BYTES + Integer.BYTES * (1L + tensors.size());
    return (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
  }
}
