package dev.gatun.models.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.EvalData;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken and hostile models are refused with a message, and cost nothing. */
class BrokenModelTest {
  private static final List<Object> HOSTILE =
      List.of(
          0L,
          -1L,
          3L,
          1L << 16,
          (1L << 31) - 1,
          1L << 31,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          -1.5,
          0.0,
          1e-300,
          "words",
          true,
          new long[0],
          new long[] {1},
          new long[] {1L << 40, -3},
          new boolean[0],
          new float[] {1});

  static Stream<Path> models() throws IOException {
    try (Stream<Path> files = Files.list(EvalData.archs())) {
      return files.filter(file -> file.toString().endsWith(".gguf")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void anyMetadataBuildOrAreRefused(Path file) {
    try (ModelSource source = ModelFiles.open(file)) {
      String prefix = Hyperparameters.architecture(source) + ".";
      List<String> keys =
          source.metadata().keys().stream().filter(key -> key.startsWith(prefix)).toList();
      assertTrue(keys.size() > 5);
      for (String key : keys) {
        buildOrRefuse(new EditedSource(source).set(key, null));
        for (Object value : HOSTILE) {
          buildOrRefuse(new EditedSource(source).set(key, value));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTensorIsNeededInItsShape(Path file) {
    try (ModelSource source = ModelFiles.open(file)) {
      for (String name : source.tensorNames()) {
        long[] dims = source.info(name).orElseThrow().shape().toArray();
        long[] wider = dims.clone();
        wider[dims.length - 1]++;
        long[] longer = dims.clone();
        longer[0]++;
        long[] deeper = Arrays.copyOf(dims, dims.length + 1);
        deeper[dims.length] = 1;
        refused(new EditedSource(source).tensor(name, EditedSource.zeros(DType.F32, wider)), name);
        // How many kinds of segments there are is nowhere else in the file.
        if (!name.equals("token_types.weight")) {
          refused(
              new EditedSource(source).tensor(name, EditedSource.zeros(DType.F32, longer)), name);
        }
        refused(new EditedSource(source).tensor(name, EditedSource.zeros(DType.F32, deeper)), name);
        refused(new EditedSource(source).tensor(name, EditedSource.zeros(DType.I32, dims)), name);
        if (!isOptional(name)) {
          ModelException e =
              assertThrows(
                  ModelException.class, () -> build(new EditedSource(source).tensor(name, null)));
          assertTrue(e.getMessage().contains("tensor "), e::getMessage);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama.block_count | 2147483648 | is 2147483648, not in 1..65536",
        "llama.block_count | 60000 | tensor blk.3.attn_norm.weight is missing",
        "llama.attention.head_count | 0 | is 0, not in 1..65536",
        "llama.attention.head_count | 5 | does not divide the width 64",
        "llama.attention.head_count_kv | 3 | does not divide 4",
        "llama.embedding_length | 68 | tensor token_embd.weight is [384, 64]; the metadata ask",
        "llama.feed_forward_length | 64 | tensor blk.0.ffn_gate.weight is [128, 64]",
        "llama.rope.dimension_count | 15 | not even",
        "llama.rope.dimension_count | 18 | is 18, not in 1..16",
        "llama.context_length | | metadata lack llama.context_length",
        "llama.rope.scaling.type | dynamic | rope.scaling.type 'dynamic' is not supported",
        "llama.pooling_type | 4 | pooling_type 4",
        "general.architecture | mamba | architecture 'mamba' is not supported; supported are llama,",
        "general.architecture | | metadata lack general.architecture",
      })
  void messagesSayWhat(String key, String value, String message) {
    Object typed = value != null && value.matches("\\d+") ? (Object) Long.valueOf(value) : value;
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve("llama.gguf"))) {
      var edited = new EditedSource(source).set(key, typed);
      ModelException e = assertThrows(ModelException.class, () -> build(edited));
      assertTrue(e.getMessage().contains(message), e::getMessage);
      assertTrue(e.getMessage().startsWith("llama.gguf: "), e::getMessage);
    }
  }

  @Test
  void tensorThatNothingUsesIsRefused() {
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve("llama.gguf"))) {
      var edited =
          new EditedSource(source)
              .tensor("blk.1.attn_sinks.weight", EditedSource.zeros(DType.F32, 4));
      var e = assertThrows(UnsupportedModelException.class, () -> build(edited));
      assertTrue(e.getMessage().contains("blk.1.attn_sinks.weight"), e::getMessage);
    }
  }

  @Test
  void ropeFactorsThatBreakFrequenciesAreRefused() {
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve("llama-rope3.gguf"))) {
      for (float factor : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] factors = {1, 1, 1, factor, 1, 1, 1, 1};
        var edited =
            new EditedSource(source)
                .tensor("rope_freqs.weight", Tensor.ofFloats(Shape.of(8), factors));
        assertThrows(ModelException.class, () -> build(edited));
      }
    }
  }

  @Test
  void contextBeyondTheTableOfPositionsIsRefused() {
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve("bert.gguf"))) {
      var options = BuildOptions.defaults().withContextLength(129);
      var e = assertThrows(ModelException.class, () -> Architectures.build(source, options));
      assertTrue(e.getMessage().contains("128"), e::getMessage);
    }
  }

  @Test
  void optionsAreChecked() {
    BuildOptions defaults = BuildOptions.defaults();
    assertThrows(IllegalArgumentException.class, () -> defaults.withBatch(0, 1));
    assertThrows(IllegalArgumentException.class, () -> defaults.withBatch(1, 0));
    assertThrows(IllegalArgumentException.class, () -> defaults.withContextLength(-1));
    assertThrows(IllegalArgumentException.class, () -> defaults.withStateType(DType.Q4_0));
    assertEquals(DType.F32, defaults.withStateType(DType.F32).stateType());
  }

  /** Tensors that variants of the architecture lack. */
  private static boolean isOptional(String name) {
    return name.endsWith(".bias")
        || name.equals("output.weight")
        || name.equals("rope_freqs.weight")
        || name.equals("token_types.weight");
  }

  private static void refused(ModelSource source, String tensor) {
    ModelException e = assertThrows(ModelException.class, () -> build(source), tensor);
    assertTrue(e.getMessage().contains("tensor "), e::getMessage);
  }

  private static void buildOrRefuse(ModelSource source) {
    try {
      assertTrue(build(source).parameters() > 0);
    } catch (ModelException e) {
      assertTrue(e.getMessage().startsWith(source.name() + ": "), e::getMessage);
    }
  }

  private static ModelGraph build(ModelSource source) {
    return Architectures.build(source, BuildOptions.defaults());
  }
}
