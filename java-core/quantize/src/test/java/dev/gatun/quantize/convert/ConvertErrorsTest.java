package dev.gatun.quantize.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be converted is refused with a remedy, and leaves nothing behind. */
class ConvertErrorsTest {
  @TempDir Path temp;
  private Path source;
  private Path target;

  @BeforeEach
  void make() throws IOException {
    source = TinyModels.make("smollm-tiny", temp);
    target = temp.resolve("out.gguf");
  }

  private void edit(String file, String what, String by) throws IOException {
    Path path = source.resolve(file);
    String text = Files.readString(path);
    assertTrue(text.contains(what), text);
    Files.writeString(path, text.replace(what, by));
  }

  private void refuse(GatunException.Kind kind, String... parts) throws IOException {
    refuse(ConvertOptions.DEFAULT, kind, parts);
  }

  private void refuse(ConvertOptions options, GatunException.Kind kind, String... parts)
      throws IOException {
    GatunException e =
        assertThrows(
            GatunException.class,
            () -> Conversion.run(source, target, options, ConvertListener.NONE));
    assertEquals(kind, e.kind(), e.getMessage());
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertFalse(Files.exists(target));
    try (var files = Files.list(temp)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void anUnknownClassIsNamedWithTheKnownOnes() throws IOException {
    edit("config.json", "LlamaForCausalLM", "MambaForCausalLM");
    refuse(GatunException.Kind.MODEL, "MambaForCausalLM", "LlamaForCausalLM", "BertModel");
  }

  @Test
  void aDefinitionThatIsNotKnownAsksForAName() throws IOException {
    edit("tokenizer.json", "\"individual_digits\":true", "\"individual_digits\":false");
    refuse(GatunException.Kind.MODEL, "--pre NAME", "smollm");
  }

  @Test
  void aPreTokenizerThatIsNamedIsComparedAllTheSame() throws IOException {
    Path other = TinyModels.make("Tiny-Llama3-1K-Instruct", temp);
    ConvertOptions options = ConvertOptions.DEFAULT.withPre("smollm");
    ConvertReport report = Conversion.run(other, target, options, ConvertListener.NONE);
    assertEquals("gpt2/smollm", report.tokenizer());
    assertTrue(report.notes().getFirst().contains("tokens of a probe text differ"), "no note");
    options = ConvertOptions.DEFAULT.withPre("llama3");
    ConvertReport same = Conversion.run(other, target, options, ConvertListener.NONE);
    assertTrue(same.notes().isEmpty() && same.checkedTokens() > 0, same.toString());
  }

  @Test
  void anUnknownPreTokenizerIsRefused() throws IOException {
    refuse(ConvertOptions.DEFAULT.withPre("nonsense"), GatunException.Kind.MODEL, "nonsense");
  }

  @Test
  void aTokenizerThatDoesNotGiveItsOwnTokensIsAMismatch() throws IOException {
    // The merge is there, but not what it makes.
    edit("tokenizer.json", "\"th\":", "\"tq\":");
    refuse(GatunException.Kind.MODEL, "th");
  }

  @Test
  void missingTensorsAreNamed() throws IOException {
    rewrite(Map.of("model.layers.1.mlp.up_proj.weight", Float.NEGATIVE_INFINITY));
    refuse(GatunException.Kind.MODEL, "ffn_up.weight", "layer 1");
  }

  @Test
  void unknownTensorsAreNamed() throws IOException {
    edit("config.json", "LlamaForCausalLM", "Qwen2ForCausalLM");
    rewrite(Map.of("model.layers.1.mlp.odd.weight", 0f));
    refuse(GatunException.Kind.MODEL, "model.layers.1.mlp.odd.weight", "qwen2");
  }

  @Test
  void numbersThatAreNotFiniteAreRefusedByName() throws IOException {
    rewrite(Map.of("model.layers.1.mlp.up_proj.weight", Float.NaN));
    refuse(GatunException.Kind.MODEL, "blk.1.ffn_up.weight", "NaN");
  }

  @Test
  void numbersThatF16CannotHoldAreRefusedWithTheRemedy() throws IOException {
    rewrite(Map.of("model.layers.1.mlp.up_proj.weight", 70000f));
    refuse(GatunException.Kind.MODEL, "blk.1.ffn_up.weight", "--type bf16");
    ConvertOptions options = ConvertOptions.DEFAULT.withType(FloatType.BF16);
    Conversion.run(source, target, options, ConvertListener.NONE);
  }

  @Test
  void layersThatTheConfigurationDoesNotHave() throws IOException {
    edit("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
    refuse(GatunException.Kind.MODEL, "has 2 layers", "says 1");
  }

  @Test
  void damagedFolders() throws IOException {
    edit("config.json", "\"hidden_size\": 32", "\"hidden_size\": \"wide\"");
    refuse(GatunException.Kind.MODEL, "hidden_size", "not a whole number");
    Files.writeString(source.resolve("config.json"), "{");
    refuse(GatunException.Kind.MODEL, "is not JSON");
    Files.delete(source.resolve("config.json"));
    refuse(GatunException.Kind.MODEL, "without config.json");
  }

  @Test
  void aTargetOfNoKnownFormat() {
    target = temp.resolve("out.bin");
    assertEquals(
        GatunException.Kind.USAGE,
        assertThrows(
                GatunException.class,
                () -> Conversion.run(source, target, ConvertOptions.DEFAULT, ConvertListener.NONE))
            .kind());
  }

  /** Writes the tensors anew: one filled with a number, added, or left out (minus infinity). */
  private void rewrite(Map<String, Float> changes) throws IOException {
    Path path = source.resolve("model.safetensors");
    Path copy = source.resolve("copy.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      for (String name : file.tensorNames()) {
        Float change = changes.get(name);
        if (change == null) {
          writer.tensor(name, file.tensor(name).orElseThrow());
        } else if (change != Float.NEGATIVE_INFINITY) {
          Shape shape = file.info(name).orElseThrow().shape();
          float[] values = new float[(int) shape.elements()];
          values[values.length - 1] = change;
          writer.tensor(name, TinyModels.encode(DType.F32, shape, values));
        }
      }
      changes.forEach((name, value) -> {
        if (!file.tensorNames().contains(name)) {
          writer.tensor(name, TinyModels.encode(DType.F32, Shape.of(1), value));
        }
      });
      writer.write(copy);
    }
    Files.delete(path);
    Files.move(copy, path);
  }
}
