package dev.gatun.quantize.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.quantize.imatrix.ImportanceEntry;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.mix.MixOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a quantization promises beside the bytes, and what it refuses. */
class GgufQuantizerTest {
  @TempDir private Path folder;
  private Path model;
  private Path target;

  @BeforeEach
  void makeModel() throws IOException {
    model = folder.resolve("model.gguf");
    target = folder.resolve("out.gguf");
    NoiseModel.write(model);
  }

  private QuantizationPlan quantize(QuantizeOptions options) throws IOException {
    try (GgufFile source = GgufFile.open(model)) {
      return GgufQuantizer.quantize(source, target, options, QuantizeListener.NONE);
    }
  }

  private String refusal(QuantizeOptions options) throws IOException {
    String message = assertThrows(GatunException.class, () -> quantize(options)).getMessage();
    try (var left = Files.list(folder)) {
      assertEquals(List.of(model), left.toList(), "nothing is left behind");
    }
    return message;
  }

  @Test
  void theNumberOfThreadsChangesNoByte() throws IOException {
    quantize(QuantizeOptions.of(FileType.Q4_K_M).withThreads(1));
    byte[] one = Files.readAllBytes(target);
    for (int threads : new int[] {2, 8}) {
      quantize(QuantizeOptions.of(FileType.Q4_K_M).withThreads(threads));
      assertArrayEquals(one, Files.readAllBytes(target), threads + " threads");
    }
  }

  @Test
  void progressEndsWithAllBytes() throws IOException {
    var last = new AtomicLong();
    try (GgufFile source = GgufFile.open(model)) {
      QuantizationPlan plan =
          GgufQuantizer.quantize(
              source,
              target,
              QuantizeOptions.of(FileType.Q8_0),
              (tensor, done, total) -> {
                assertTrue(done > last.getAndSet(done) && done <= total);
              });
      assertEquals(plan.targetBytes(), last.get());
    }
  }

  @Test
  void aWeightThatIsNoNumberIsRefusedByName() throws IOException {
    Map<String, Tensor> tensors = NoiseModel.tensors();
    GgufWriter writer = NoiseModel.writer();
    float[] values = NoiseModel.noise(1, 24 * 256);
    values[3 * 256 + 17] = Float.NaN;
    tensors.put("blk.2.attn_q.weight", Tensor.ofFloats(Shape.of(24, 256), values));
    tensors.forEach(writer::tensor);
    writer.write(model);
    String message = refusal(QuantizeOptions.of(FileType.Q4_K_M));
    assertTrue(message.contains("'blk.2.attn_q.weight' has NaN at row 3, column 17"), message);
  }

  @Test
  void aScaleBeyondHalfPrecisionIsRefused() throws IOException {
    Map<String, Tensor> tensors = NoiseModel.tensors();
    GgufWriter writer = NoiseModel.writer();
    float[] values = NoiseModel.noise(1, 24 * 256);
    values[5] = 1e9f;
    tensors.put("blk.0.attn_q.weight", Tensor.ofFloats(Shape.of(24, 256), values));
    tensors.forEach(writer::tensor);
    writer.write(model);
    String message = refusal(QuantizeOptions.of(FileType.Q8_0));
    assertTrue(message.contains("'blk.0.attn_q.weight'") && message.contains("Q8_0"), message);
  }

  @Test
  void whatIsQuantizedAlreadyIsRefusedUnlessAllowed() throws IOException {
    quantize(QuantizeOptions.of(FileType.Q8_0));
    Files.move(target, folder.resolve("q8.gguf"));
    model = Files.move(folder.resolve("q8.gguf"), model, StandardCopyOption.REPLACE_EXISTING);
    String message = refusal(QuantizeOptions.of(FileType.Q4_0));
    assertTrue(message.contains("Q8_0 already") && message.contains("--allow-requantize"), message);
    quantize(QuantizeOptions.of(FileType.Q4_0).withAllowed(true, false));
    assertTrue(Files.exists(target));
  }

  @Test
  void aResultThatIsNotSmallerIsRefusedUnlessAllowed() throws IOException {
    String message = refusal(QuantizeOptions.of(FileType.F32));
    assertTrue(message.contains("not be smaller") && message.contains("--allow-larger"), message);
    quantize(QuantizeOptions.of(FileType.F32).withAllowed(false, true));
    assertTrue(Files.size(target) > Files.size(model));
  }

  @Test
  void theModelItselfIsNoTarget() throws IOException {
    target = model;
    String message = refusal(QuantizeOptions.of(FileType.Q8_0));
    assertTrue(message.contains("is the model itself"), message);
  }

  @Test
  void veryLowBitsNeedImportances() throws IOException {
    String message = refusal(QuantizeOptions.of(FileType.IQ2_XS));
    assertTrue(message.contains("gatun imatrix"), message);
  }

  @Test
  void importancesOfAnotherModelAreRefused() throws IOException {
    var matrix =
        new ImportanceMatrix(
            Map.of("blk.0.attn_q.weight", ImportanceEntry.of(new float[128], 1)),
            List.of(),
            1,
            64,
            false);
    String message =
        refusal(
            QuantizeOptions.of(FileType.Q4_K_M)
                .withImportance(new UsedImportance(matrix, "other.gguf")));
    assertTrue(message.contains("other.gguf was made of another model"), message);
  }

  @Test
  void tensorsGetTheTypesThatWereAskedFor() throws IOException {
    Map<Pattern, DType> tensors = new LinkedHashMap<>();
    tensors.put(Pattern.compile("blk\\.[01]\\.ffn_up"), DType.Q8_0);
    tensors.put(Pattern.compile("ffn_up"), DType.Q5_K);
    var types =
        new MixOptions(
            FileType.Q4_K_M,
            false,
            false,
            false,
            Optional.of(DType.F16),
            Optional.of(DType.Q5_1),
            tensors,
            false);
    quantize(QuantizeOptions.of(FileType.Q4_K_M).withTypes(types));
    try (GgufFile result = GgufFile.open(target)) {
      assertEquals(DType.F16, result.info("output.weight").orElseThrow().dtype());
      assertEquals(DType.Q5_1, result.info("token_embd.weight").orElseThrow().dtype());
      assertEquals(DType.Q8_0, result.info("blk.1.ffn_up.weight").orElseThrow().dtype());
      assertEquals(DType.Q5_K, result.info("blk.3.ffn_up.weight").orElseThrow().dtype());
      assertEquals(15, result.metadata().integer("general.file_type").orElseThrow());
    }
  }

  @Test
  void prunedBlocksGoAndOthersMoveUp() throws IOException {
    quantize(QuantizeOptions.of(FileType.Q8_0).withPruned(new TreeSet<>(List.of(1, 2))));
    try (GgufFile result = GgufFile.open(target);
        GgufFile source = GgufFile.open(model)) {
      assertEquals(2, result.metadata().integer("llama.block_count").orElseThrow());
      assertTrue(result.info("blk.2.ffn_up.weight").isEmpty());
      float[] moved = result.tensor("blk.1.attn_norm.weight").orElseThrow().toFloats();
      assertArrayEquals(source.tensor("blk.3.attn_norm.weight").orElseThrow().toFloats(), moved);
    }
    Files.delete(target);
    assertTrue(
        refusal(QuantizeOptions.of(FileType.Q8_0).withPruned(new TreeSet<>(List.of(7))))
            .contains("blocks 0 to 3"));
  }

  @Test
  void aSplitStaysWhereItShall() throws IOException {
    GgufWriter writer = NoiseModel.writer();
    NoiseModel.tensors().forEach(writer::tensor);
    List<Path> parts = writer.writeSplit(folder.resolve("split.gguf"), 100_000);
    assertTrue(parts.size() > 2);
    model = parts.getFirst();
    quantize(QuantizeOptions.of(FileType.Q8_0).withKeepSplit(true));
    assertFalse(Files.exists(target));
    Path first = folder.resolve("out" + parts.getFirst().toString().replaceAll("^.*split", ""));
    try (GgufFile result = GgufFile.open(first);
        GgufFile source = GgufFile.open(model)) {
      assertEquals(source.tensorCounts(), result.tensorCounts());
      assertEquals(source.tensorNames(), result.tensorNames());
    }
  }

  @Test
  void overridesAreReadAndStandLast() {
    assertEquals(new MetadataOverride.Whole("a.b", 3), MetadataOverride.parse("a.b=int:3"));
    assertEquals(new MetadataOverride.Text("a", "x=y:z"), MetadataOverride.parse("a=str:x=y:z"));
    assertEquals(new MetadataOverride.Flag("a", false), MetadataOverride.parse("a=bool:false"));
    for (String wrong : List.of("a", "a=3", "a=int:x", "a=bool:1", "=int:3", "a=u8:3")) {
      var error = assertThrows(GatunException.class, () -> MetadataOverride.parse(wrong));
      assertEquals(GatunException.Kind.USAGE, error.kind());
    }
    assertFalse(MetadataOverride.parse("a=float:0.5").key().isEmpty());
  }
}
