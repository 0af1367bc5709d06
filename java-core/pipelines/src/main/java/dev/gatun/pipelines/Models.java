package dev.gatun.pipelines;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.ArrivedFile;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.runtime.store.PullProgress;
import dev.gatun.runtime.store.StoredModel;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds and loads models by name; brings them to this machine when they are not there. */
public final class Models {
  private Models() {}

  /**
   * Loads a model, which the caller closes before the runtime. Pulls it first when it is not on
   * this machine.
   *
   * @param name a name of the catalogue, of a stored model, or the path of a file
   * @throws dev.gatun.tensor.GatunException when there is no such model, it cannot be had, or
   *     nothing can run it
   */
  public static LanguageModel load(GatunRuntime runtime, String name, LoadOptions options) {
    return LanguageModel.load(runtime, locate(runtime, name, PullListener.NONE), options);
  }

  /**
   * The ONNX networks that a path names, first, and what lies beside them: a folder, or one file.
   * Empty for everything else.
   */
  public static Optional<LocatedModel> onDisk(String name) {
    return ModelFolder.onDisk(name)
        .filter(ModelFolder::hasNetwork)
        .map(folder -> {
          List<Path> paths = new ArrayList<>(folder.networks());
          if (folder.main().isEmpty()) {
            folder.files().values().stream()
                .filter(file -> !paths.contains(file))
                .forEach(paths::add);
          }
          return new LocatedModel(name, paths, Optional.empty());
        });
  }

  /**
   * Finds a model's files. Pulls it first when it is not on this machine.
   *
   * @throws dev.gatun.tensor.GatunException when there is no such model or it cannot be had
   */
  public static LocatedModel locate(GatunRuntime runtime, String name, PullListener listener) {
    return runtime.puller().require(name, new Checked(listener, name));
  }

  /**
   * Brings a model into the store, unless it is there. What is not a sound model file is refused.
   *
   * @param reference as {@link dev.gatun.runtime.store.ModelPuller} understands it
   * @param name what the store shall call it; empty for the reference's own name
   * @throws dev.gatun.tensor.GatunException when it cannot be had or is no model; the store is as
   *     before
   */
  public static StoredModel pull(
      GatunRuntime runtime, String reference, Optional<String> name, PullListener listener) {
    return runtime.puller().pull(reference, name, new Checked(listener, reference));
  }

  /**
   * Refuses files that are not a model: header, metadata and the extent of every tensor. Where
   * there are ONNX files, each is read so, and the others are what a pipeline reads beside them.
   */
  private record Checked(PullListener listener, String name) implements PullListener {
    @Override
    public void message(String text) {
      listener.message(text);
    }

    @Override
    public void progress(PullProgress progress) {
      listener.progress(progress);
    }

    /** Opens an ONNX file; the store would leave behind what it keeps in other files. */
    private static void requireWhole(Path path) {
      try (OnnxFile file = OnnxFile.open(path)) {
        if (!file.beside().isEmpty()) {
          throw new GatunException(
              GatunException.Kind.MODEL,
              "%s keeps tensors in %s beside it, which the store would leave behind; use the model by its path"
                  .formatted(path, file.beside().getFirst().getFileName()));
        }
      }
    }

    @Override
    public void arrived(List<ArrivedFile> files) {
      List<Path> onnx =
          files.stream()
              .filter(file -> file.name().endsWith(".onnx"))
              .map(ArrivedFile::path)
              .toList();
      onnx.forEach(Checked::requireWhole);
      if (onnx.isEmpty()) {
        ModelFiles.open(files.stream().map(ArrivedFile::path).toList(), name).close();
      }
      listener.arrived(files);
    }
  }
}
