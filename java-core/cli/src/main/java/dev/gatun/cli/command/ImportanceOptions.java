package dev.gatun.cli.command;

import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.imatrix.ImportanceMatrixFile;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The importance matrix of a quantization. */
final class ImportanceOptions {
  @Option(
      names = "--imatrix",
      paramLabel = "FILE",
      description = "Use this importance matrix (gatun imatrix makes one).")
  private Path file;

  @Option(
      names = "--include-weights",
      paramLabel = "NAME",
      description = "Use it only for tensors whose names contain this.")
  private List<String> included = List.of();

  @Option(
      names = "--exclude-weights",
      paramLabel = "NAME",
      description = "Do not use it for tensors whose names contain this.")
  private List<String> excluded = List.of();

  /** The file that was given. */
  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  Optional<UsedImportance> read() {
    return read(file());
  }

  /** What these options leave of a file. */
  Optional<UsedImportance> read(Optional<Path> matrixFile) {
    if (!included.isEmpty() && !excluded.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "give only one of --include-weights and --exclude-weights");
    }
    if (matrixFile.isEmpty()) {
      return Optional.empty();
    }
    Path path = matrixFile.get();
    ImportanceMatrix matrix =
        ImportanceMatrixFile.read(path)
            .only(name ->
                excluded.stream().noneMatch(name::contains)
                    && (included.isEmpty() || included.stream().anyMatch(name::contains)));
    if (matrix.entries().isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "nothing of %s is left to use".formatted(path));
    }
    return Optional.of(new UsedImportance(matrix, path.toString()));
  }
}
