package dev.gatun.quantize.imatrix;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Importance matrices in files, in the two forms that {@code llama-imatrix} reads and writes. Their
 * content is not trusted.
 */
public final class ImportanceMatrixFile {
  /** Forms of the file. */
  public enum Form {
    /** Tensors and metadata in GGUF. */
    GGUF,
    /** The older {@code .dat}: means over rows times chunks, one count per tensor. */
    DAT
  }

  private static final byte[] GGUF = "GGUF".getBytes(StandardCharsets.US_ASCII);

  private ImportanceMatrixFile() {}

  /** The form of a file, told from its first bytes; everything that is not GGUF may be DAT. */
  public static Form form(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(GGUF.length), GGUF) ? Form.GGUF : Form.DAT;
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(
          file.toString(), -1, "there is no such file; check the path", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a file of either form.
   *
   * @throws ModelFormatException when it is missing, damaged or something else
   */
  public static ImportanceMatrix read(Path file) {
    return switch (form(file)) {
      case GGUF -> GgufMatrix.read(file);
      case DAT -> DatMatrix.read(file);
    };
  }

  /**
   * Writes a file; it appears under its name when it is complete.
   *
   * @param chunk tokens of a chunk, where the matrix does not tell
   * @throws IOException when writing fails
   */
  public static void write(ImportanceMatrix matrix, Path file, Form form, int chunk)
      throws IOException {
    ImportanceMatrix rows = matrix.perRow(chunk);
    switch (form) {
      case GGUF -> GgufMatrix.write(rows, file);
      case DAT -> DatMatrix.write(rows, file);
    }
  }

  static ModelFormatException unreadable(Path file, IOException e) {
    return new ModelFormatException(
        file.toString(),
        -1,
        "cannot be read (" + GatunException.reason(e) + "); check its permissions and the disk",
        e);
  }
}
