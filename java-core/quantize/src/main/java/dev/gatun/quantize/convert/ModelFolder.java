package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model as Hugging Face's libraries keep it: a folder with config.json, tensors and a tokenizer;
 * or an adapter, for which the first is empty.
 *
 * @param tensors closed with this record
 */
record ModelFolder(Path path, HfConfig config, SafetensorsFile tensors) implements AutoCloseable {
  /**
   * Opens a folder.
   *
   * @throws dev.gatun.formats.ModelFormatException when something is missing or damaged
   */
  static ModelFolder open(Path path) {
    HfConfig config = HfConfig.read(requireConfig(path));
    return new ModelFolder(path, config, SafetensorsFile.open(path));
  }

  /**
   * The configuration of the model in a folder.
   *
   * @throws dev.gatun.formats.ModelFormatException when there is none
   */
  static Path requireConfig(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw JsonFile.bad(
          folder,
          "is a folder without config.json: no model of Hugging Face's form; download the model's"
              + " .json files beside its .safetensors",
          null);
    }
    return file;
  }

  /** A JSON file of the folder; a missing node when it is not there. */
  JsonNode json(String name) {
    return JsonFile.read(path.resolve(name));
  }

  boolean has(String name) {
    return Files.isRegularFile(path.resolve(name));
  }

  /** A text file of the folder. */
  Optional<String> text(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(path.resolve(name), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw JsonFile.bad(
          path.resolve(name), "cannot be read as UTF-8 (" + GatunException.reason(e) + ")", e);
    }
  }

  /** The folder's own name. */
  String name() {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "model" : name.toString();
  }

  @Override
  public void close() {
    tensors.close();
  }
}
