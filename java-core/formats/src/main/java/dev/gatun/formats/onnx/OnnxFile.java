package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An ONNX model. The file is mapped, and so are the files beside it that hold its tensors; only the
 * structure is copied.
 *
 * <p>Thread-safe. The structure stays usable after {@link #close()}, tensors do not.
 */
public final class OnnxFile implements AutoCloseable {
  /** Memory that the structure of a model may take, beside its tensors. */
  private static final long STRUCTURE = 256L << 20;

  private final Path path;
  private final String name;
  private final Arena arena;
  private final OnnxModel model;
  private final List<Path> beside;

  private OnnxFile(Path path, String name, Arena arena, OnnxModel model, List<Path> beside) {
    this.path = path;
    this.name = name;
    this.arena = arena;
    this.model = model;
    this.beside = beside;
  }

  /**
   * Opens a model.
   *
   * @throws ModelFormatException when the file is missing, unreadable, damaged or not ONNX, or
   *     keeps tensors outside its folder
   */
  public static OnnxFile open(Path path) {
    return open(path, path.getFileName().toString());
  }

  /** {@link #open(Path)} under another name than the file's. */
  public static OnnxFile open(Path path, String name) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var external = new ExternalData(path, arena);
      var parser = new MessageParser(path.toString(), external);
      Wire wire = Wire.file(new Wire.Budget(path.toString(), STRUCTURE), data);
      OnnxModel model = parser.model(wire);
      return new OnnxFile(path, name, arena, model, external.files());
    } catch (IOException e) {
      arena.close();
      throw new ModelFormatException(
          path.toString(),
          -1,
          "cannot be read (" + GatunException.reason(e) + "); check that it is there",
          e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  public OnnxModel model() {
    return model;
  }

  /** Files in the model's folder that hold tensors of it; usually none. */
  public List<Path> beside() {
    return beside;
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
