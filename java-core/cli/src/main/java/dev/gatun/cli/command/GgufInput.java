package dev.gatun.cli.command;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.ModelSource;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The GGUF file that a command reads. */
final class GgufInput {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Name or file of a GGUF model; any part of one in several files.")
  private String model;

  @Mixin private RuntimeOptions runtimeOptions;

  /** Opens it; the caller closes it. */
  GgufFile open(Output output) {
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.resolve(runtime, model, output);
      ModelSource source = ModelFiles.open(located.paths(), model);
      if (source instanceof GgufFile file) {
        return file;
      }
      source.close();
      throw new GatunException(GatunException.Kind.MODEL, model + " is not GGUF");
    }
  }

  String name() {
    return model;
  }

  /** Refuses to write over what is read. */
  static void requireOther(GgufFile source, Path target) throws IOException {
    for (Path part : source.paths()) {
      if (Files.exists(target) && Files.isSameFile(part, target)) {
        throw new GatunException(
            GatunException.Kind.USAGE, target + " is the model itself; name another file");
      }
    }
  }
}
