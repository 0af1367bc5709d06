package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.quantize.lora.AdaptedSource;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An adapter added to a converted model against the conversion of a model to which it was added
 * before: conversion itself is held to llama.cpp's bytes elsewhere.
 */
class PeftAdapterTest {
  private static final int RANK = 3;
  private static final float STRENGTH = 0.5f;

  /** Queries and keys change their order on the way, the others do not. */
  private static final List<String> CHANGED =
      List.of(
          "model.layers.0.self_attn.q_proj",
          "model.layers.0.self_attn.k_proj",
          "model.layers.0.self_attn.v_proj",
          "model.layers.0.mlp.down_proj");

  @TempDir Path temp;
  private Path base;
  private Path adapter;

  @BeforeEach
  void makeFolders() throws IOException {
    base = TinyModels.make("smollm-tiny", temp);
    adapter = Files.createDirectories(temp.resolve("adapter"));
  }

  private static Tensor random(Random random, long rows, long columns) {
    float[] values = new float[(int) (rows * columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return Tensor.ofFloats(Shape.of(rows, columns), values);
  }

  /** Adds to every weight that changes, as PEFT does: alpha / rank * B A. */
  private static Tensor sum(Tensor weight, Tensor a, Tensor b, float scale) {
    float[] values = weight.toFloats();
    float[] left = a.toFloats();
    float[] right = b.toFloats();
    int columns = (int) weight.shape().dim(1);
    for (int i = 0; i < values.length; i++) {
      double delta = 0;
      for (int k = 0; k < RANK; k++) {
        delta += right[i / columns * RANK + k] * (double) left[k * columns + i % columns];
      }
      values[i] += (float) (scale * delta);
    }
    return Tensor.ofFloats(weight.shape(), values);
  }

  /** Writes the adapter, and a folder of the model with it. */
  private Path merged(String config, float scale) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("merged"));
    try (var list = Files.list(base)) {
      for (Path file : list.filter(path -> !path.toString().endsWith(".safetensors")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    var pairs = new SafetensorsWriter();
    var sums = new SafetensorsWriter();
    var random = new Random(5);
    try (SafetensorsFile source = SafetensorsFile.open(base)) {
      for (String name : source.tensorNames()) {
        Tensor weight = source.tensor(name).orElseThrow();
        String module = name.replaceFirst("\\.weight$", "");
        if (CHANGED.contains(module)) {
          Tensor a = random(random, RANK, weight.shape().dim(1));
          Tensor b = random(random, weight.shape().dim(0), RANK);
          pairs.tensor("base_model.model." + module + ".lora_A.weight", a);
          pairs.tensor("base_model.model." + module + ".lora_B.weight", b);
          sums.tensor(name, sum(weight, a, b, scale));
        } else {
          sums.tensor(name, weight);
        }
      }
      sums.write(folder.resolve("model.safetensors"));
    }
    pairs.write(adapter.resolve("adapter_model.safetensors"));
    Files.writeString(adapter.resolve("adapter_config.json"), config);
    return folder;
  }

  private GgufFile converted(Path folder, String name) throws IOException {
    Path target = temp.resolve(name);
    Conversion.run(
        folder, target, ConvertOptions.DEFAULT.withType(FloatType.F32), ConvertListener.NONE);
    return GgufFile.open(target);
  }

  private void compare(String config, float scale) throws IOException {
    Path folder = merged(config, scale * STRENGTH);
    try (GgufFile model = converted(base, "base.gguf");
        GgufFile expected = converted(folder, "expected.gguf")) {
      LoraAdapter read = PeftAdapter.read(adapter, model.metadata(), STRENGTH);
      assertEquals(CHANGED.size(), read.weights().size());
      AdaptedSource adapted = AdaptedSource.of(model, List.of(read), false);
      for (String name : expected.tensorNames()) {
        assertArrayEquals(
            expected.tensor(name).orElseThrow().toFloats(),
            adapted.tensor(name).orElseThrow().toFloats(),
            1e-6f,
            name);
      }
    }
  }

  @Test
  void addedBeforeOrAfterConversionIsTheSame() throws IOException {
    compare("{\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 12}", 4);
  }

  @Test
  void rankStabilizedAdaptersDivideByTheRoot() throws IOException {
    compare("{\"r\": 3, \"lora_alpha\": 12, \"use_rslora\": true}", (float) (12 / Math.sqrt(3)));
  }

  @Test
  void otherKindsAreRefused() throws IOException {
    merged("{\"r\": 3, \"lora_alpha\": 12, \"use_dora\": true}", 1);
    try (GgufFile model = converted(base, "base.gguf")) {
      String message =
          assertThrows(
                  ModelFormatException.class, () -> PeftAdapter.read(adapter, model.metadata(), 1))
              .getMessage();
      assertTrue(message.contains("DoRA"), message);
      Files.writeString(adapter.resolve("adapter_config.json"), "{\"lora_alpha\": 12}");
      new SafetensorsWriter()
          .tensor("base_model.model.model.layers.0.other.lora_A.weight", random(new Random(), 1, 4))
          .tensor("base_model.model.model.layers.0.other.lora_B.weight", random(new Random(), 4, 1))
          .write(adapter.resolve("adapter_model.safetensors"));
      message =
          assertThrows(
                  ModelFormatException.class, () -> PeftAdapter.read(adapter, model.metadata(), 1))
              .getMessage();
      assertTrue(message.contains("layers.0.other"), message);
    }
  }
}
