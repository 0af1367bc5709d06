package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.onnxruntime.OnnxRuntime;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtRunOptions;
import dev.gatun.onnxruntime.OrtSession;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.onnxruntime.OrtValueInfo;
import dev.gatun.onnxruntime.RuntimeFiles;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that {@code gatun convert --onnx} writes, run by ONNX Runtime as its users would, against
 * llama.cpp's outputs of the same models (README.md beside them says how these were made).
 */
class OnnxFolderTest {
  /** The references' own: what two orders of summation may differ by. */
  private static final float TOLERANCE = 2e-3f;

  private static final int FIRST_BATCH = 16;

  @TempDir Path home;
  private final Arena arena = Arena.ofConfined();
  private OrtEnvironment environment;

  @BeforeEach
  void load() {
    var files = RuntimeFiles.packaged();
    if (files.isEmpty()) {
      System.out.println("skipped: ONNX Runtime's jar has no library for this platform");
    }
    assumeTrue(files.isPresent(), "ONNX Runtime's jar has no library for this platform");
    LibrarySearch.Outcome found =
        new LibrarySearch("onnxruntime").packaged(files.get(), home).load(OnnxRuntime::refusal);
    environment =
        OnnxRuntime.of(found.library().orElseThrow(() -> new AssertionError(found.explanation())))
            .environment(OnnxRuntime.LogLevel.FATAL);
  }

  @AfterEach
  void close() {
    if (environment != null) {
      environment.close();
    }
    arena.close();
  }

  private static ReferenceOutputs reference(String name) throws IOException {
    return ReferenceOutputs.read(Invocation.archs()).stream()
        .filter(each -> each.name().equals(name) && !each.pooled())
        .findFirst()
        .orElseThrow();
  }

  private Path convert(Path source) {
    Path folder = home.resolve("folder");
    Invocation run = Invocation.of(home, "convert", source.toString(), folder.toString(), "--onnx");
    assertEquals(0, run.exitCode(), run.err());
    return folder;
  }

  /** A model that is loaded, and what it gave last, by name. */
  private final class Loaded implements AutoCloseable {
    private final OrtSession session;
    private Map<String, MemorySegment> given = new HashMap<>();
    private Map<String, long[]> shapes = new HashMap<>();

    Loaded(Path folder) {
      try (OrtOptions options = environment.options()) {
        options.threads(1);
        session = environment.session(folder.resolve("model.onnx"), options);
      }
    }

    /** Feeds ids and mask; what is of the past comes from the last run. */
    float[] run(String result, long[] shape, long[] ids, long[] maskShape, long... mask) {
      try (OrtRunOptions options = environment.runOptions();
          OrtBinding binding = session.newBinding(options)) {
        List<OrtTensor> tensors = new ArrayList<>();
        for (OrtValueInfo input : session.inputs()) {
          OrtTensor tensor =
              switch (input.name()) {
                case "input_ids" ->
                    environment.tensor(
                        DType.I64, shape, arena.allocateFrom(ValueLayout.JAVA_LONG, ids));
                case "attention_mask" ->
                    environment.tensor(
                        DType.I64, maskShape, arena.allocateFrom(ValueLayout.JAVA_LONG, mask));
                default -> past(input);
              };
          binding.input(input.name(), tensor);
          tensors.add(tensor);
        }
        session.outputs().forEach(output -> binding.output(output.name()));
        binding.run();
        keep(binding);
        tensors.forEach(OrtTensor::close);
      }
      return given.get(result).toArray(ValueLayout.JAVA_FLOAT);
    }

    private void keep(OrtBinding binding) {
      Map<String, MemorySegment> next = new HashMap<>();
      Map<String, long[]> dims = new HashMap<>();
      List<OrtTensor> outputs = binding.outputs();
      for (int i = 0; i < outputs.size(); i++) {
        OrtTensor output = outputs.get(i);
        MemorySegment copy = arena.allocate(Math.max(4, output.byteSize()), 64);
        output.copyTo(copy.asSlice(0, output.byteSize()));
        next.put(binding.outputNames().get(i), copy.asSlice(0, output.byteSize()));
        dims.put(binding.outputNames().get(i), output.dims());
        output.close();
      }
      given = next;
      shapes = dims;
    }

    private OrtTensor past(OrtValueInfo input) {
      String name = input.name().replace("past_key_values", "present");
      long[] empty = {1, input.dims().get(1), 0, input.dims().get(3)};
      return given.containsKey(name)
          ? environment.tensor(DType.F32, shapes.get(name), given.get(name))
          : environment.tensor(DType.F32, empty, arena.allocate(4, 64));
    }

    void forget() {
      given = new HashMap<>();
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private static long[] ones(int count) {
    return LongStream.generate(() -> 1).limit(count).toArray();
  }

  private static long[] longs(int[] tokens, int from, int to) {
    return Arrays.stream(tokens, from, to).asLongStream().toArray();
  }

  private static void compare(float[][] expected, int first, float[] actual) {
    int width = expected[0].length;
    for (int row = 0; row < actual.length / width; row++) {
      float[] own = Arrays.copyOfRange(actual, row * width, (row + 1) * width);
      assertArrayEquals(expected[first + row], own, TOLERANCE, "position " + (first + row));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "gemma3", "qwen2", "qwen3moe", "llama-f16", "phi3"})
  void aDecoderGivesLlamaCppsLogitsAtOnceAndTokenByToken(String name) throws IOException {
    ReferenceOutputs reference = reference(name);
    try (Loaded model = new Loaded(convert(reference.model()))) {
      for (int i = 0; i < reference.sequences().size(); i++) {
        int[] tokens = reference.sequences().get(i);
        float[][] expected = reference.outputs().get(i);
        model.forget();
        for (int from = 0; from < tokens.length; ) {
          int to = from == 0 ? FIRST_BATCH : Math.min(tokens.length, from + 1);
          float[] logits =
              model.run(
                  "logits",
                  new long[] {1, to - from},
                  longs(tokens, from, to),
                  new long[] {1, to},
                  ones(to));
          assertEquals((to - from) * expected[0].length, logits.length);
          compare(expected, from, logits);
          from = to;
        }
        model.forget();
        long[] whole = {1, tokens.length};
        float[] all =
            model.run("logits", whole, longs(tokens, 0, tokens.length), whole, ones(tokens.length));
        compare(expected, 0, all);
      }
    }
  }

  @Test
  void aSequenceBeyondTheOriginalContextTakesTheLongFactors() throws IOException {
    ReferenceOutputs reference =
        ReferenceOutputs.read(Invocation.archs()).stream()
            .filter(each -> each.name().equals("phi3") && each.result().equals("long"))
            .findFirst()
            .orElseThrow();
    int[] tokens = reference.sequences().getLast();
    // The same weights with an original context that these tokens do not fit.
    Path brief = home.resolve("brief.gguf");
    String original = "phi3.rope.scaling.original_context_length=int:" + (tokens.length - 1);
    String[] edit = {"gguf", "set", reference.model().toString(), brief.toString(), original};
    assertEquals(0, Invocation.of(home, edit).exitCode());
    long[] shape = {1, tokens.length};
    try (Loaded model = new Loaded(convert(brief))) {
      float[] logits =
          model.run("logits", shape, longs(tokens, 0, tokens.length), shape, ones(tokens.length));
      compare(reference.outputs().getLast(), 0, logits);
    }
  }

  @Test
  void anEncoderTakesSeveralTextsWithPadding() throws IOException {
    ReferenceOutputs reference = reference("bert");
    int[] first = reference.sequences().get(0);
    int[] second = reference.sequences().get(1);
    int longest = Math.max(first.length, second.length);
    long[] ids = new long[2 * longest];
    long[] mask = new long[2 * longest];
    for (int text = 0; text < 2; text++) {
      int[] tokens = reference.sequences().get(text);
      for (int i = 0; i < tokens.length; i++) {
        ids[text * longest + i] = tokens[i];
        mask[text * longest + i] = 1;
      }
    }
    try (Loaded model = new Loaded(convert(reference.model()))) {
      long[] shape = {2, longest};
      float[] hidden = model.run("last_hidden_state", shape, ids, shape, mask);
      int width = reference.outputs().getFirst()[0].length;
      assertEquals(2 * longest * width, hidden.length);
      for (int text = 0; text < 2; text++) {
        int rows = reference.sequences().get(text).length;
        compare(
            reference.outputs().get(text),
            0,
            Arrays.copyOfRange(hidden, text * longest * width, (text * longest + rows) * width));
      }
    }
  }

  @Test
  void aFolderOfHuggingFacesBecomesTheSameModel() throws IOException {
    Path source = Invocation.archs().resolve("llama-f16.gguf");
    Path huggingFace = home.resolve("hf");
    String[] there = {"convert", source.toString(), huggingFace.toString(), "--type=f32"};
    assertEquals(0, Invocation.of(home, there).exitCode());
    Path around = home.resolve("around");
    Invocation run =
        Invocation.of(
            home, "convert", huggingFace.toString(), around.toString(), "--onnx", "--type=f32");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(List.of(), hidden());
    ReferenceOutputs reference = reference("llama-f16");
    int[] tokens = reference.sequences().getFirst();
    long[] shape = {1, tokens.length};
    try (Loaded model = new Loaded(around)) {
      float[] logits =
          model.run("logits", shape, longs(tokens, 0, tokens.length), shape, ones(tokens.length));
      compare(reference.outputs().getFirst(), 0, logits);
    }
  }

  /** Files that a conversion left behind. */
  private List<Path> hidden() throws IOException {
    try (var files = Files.list(home)) {
      return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
    }
  }

  @Test
  void theGenerateApisConfigurationNamesTheCache() throws IOException {
    Path folder = convert(Invocation.archs().resolve("llama.gguf"));
    var json = new ObjectMapper().readTree(folder.resolve("genai_config.json").toFile());
    var decoder = json.path("model").path("decoder");
    assertEquals(16, decoder.path("head_size").asInt());
    assertEquals(2, decoder.path("num_key_value_heads").asInt());
    assertEquals(3, decoder.path("num_hidden_layers").asInt());
    assertTrue(Files.exists(folder.resolve("tokenizer.json")));
  }

  @Test
  void whatMakesNoSenseIsSaid() {
    Path model = Invocation.archs().resolve("llama.gguf");
    Path folder = convert(model);
    refused("operators", folder, home.resolve("back.gguf"));
    refused("operators", folder.resolve("model.onnx"), home.resolve("back"));
    refused("folder", model, home.resolve("out.onnx"), "--onnx");
    refused("gatun quantize", model, home.resolve("out"), "--onnx", "--quantize=Q4_0");
    refused("--split", model, home.resolve("out"), "--onnx", "--split=1G");
  }

  private void refused(String with, Path source, Path target, String... options) {
    List<String> words = new ArrayList<>(List.of("convert", source.toString(), target.toString()));
    words.addAll(List.of(options));
    Invocation run = Invocation.of(home, words.toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(with), run.err());
    assertTrue(Files.notExists(target));
  }
}
