package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.models.lora.LowRank;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * LoRA adapters as Hugging Face's PEFT library keeps them: a folder with adapter_config.json and
 * adapter_model.safetensors. The names of weights, and the order of rows of queries and keys,
 * become those of the GGUF model that the adapter is for.
 */
public final class PeftAdapter implements AutoCloseable {
  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private final ModelFolder folder;
  private final JsonNode config;
  private final AdapterBase base;
  private final NumberSource numbers;

  private PeftAdapter(ModelFolder folder, JsonNode config, AdapterBase base) {
    this.folder = folder;
    this.config = config;
    this.base = base;
    this.numbers = SafetensorsNumbers.of(folder.tensors());
  }

  /** Whether a folder has such an adapter. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve("adapter_config.json"));
  }

  /**
   * Reads an adapter.
   *
   * @param model metadata of the GGUF model that it is for
   * @param strength what it is multiplied with; 1 for as it was trained
   * @throws dev.gatun.formats.ModelFormatException when it is damaged, of a kind other than plain
   *     LoRA, or changes what has no counterpart in GGUF
   */
  public static LoraAdapter read(Path folder, Metadata model, float strength) {
    try (PeftAdapter adapter = open(folder, AdapterBase.of(folder, model))) {
      return adapter.read(strength);
    }
  }

  /**
   * Opens an adapter.
   *
   * @throws dev.gatun.formats.ModelFormatException as {@link #read}
   */
  static PeftAdapter open(Path folder, AdapterBase base) {
    JsonNode config = JsonFile.read(folder.resolve("adapter_config.json"));
    requirePlain(folder, config);
    SafetensorsFile tensors = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
    return new PeftAdapter(
        new ModelFolder(folder, HfConfig.readIfThere(folder.resolve("config.json")), tensors),
        config,
        base);
  }

  private static void requirePlain(Path folder, JsonNode config) {
    if (config.path("use_dora").asBoolean(false)) {
      throw JsonFile.bad(
          folder, "is DoRA, which also scales weights; only plain LoRA is known", null);
    }
    if (config.path("fan_in_fan_out").asBoolean(false)) {
      throw JsonFile.bad(
          folder, "has transposed weights (fan_in_fan_out), which are not known", null);
    }
    if (config.path("invocation_string").isTextual()
        && config.path("alora_invocation_tokens").isEmpty()) {
      throw JsonFile.bad(
          folder,
          "begins to work behind a text (invocation_string) without naming its tokens"
              + " (alora_invocation_tokens)",
          null);
    }
    if (!config.path("alpha_pattern").isEmpty()) {
      throw JsonFile.bad(
          folder, "has its own numbers for some layers (alpha_pattern), which are not known", null);
    }
  }

  /** The folder, whose config.json is empty where there is none. */
  ModelFolder folder() {
    return folder;
  }

  /** What adapter_config.json says. */
  JsonNode config() {
    return config;
  }

  /** The stored numbers that {@link #plan} is about. */
  NumberSource numbers() {
    return numbers;
  }

  /**
   * Both matrices of every pair, in the order of their names: first the one of shape {@code [rank,
   * in]}, then the one of shape {@code [out, rank]}; unscaled.
   *
   * @throws dev.gatun.formats.ModelFormatException as {@link #read}
   */
  List<PlannedTensor> plan(DType type) {
    List<PlannedTensor> plan = new ArrayList<>();
    for (String name : numbers.names()) {
      if (name.endsWith(A)) {
        add(name, type, plan);
      } else if (!name.endsWith(B) || numbers.info(name.replace(B, A)).isEmpty()) {
        throw bad("has '%s', which is no part of a pair of lora_A and lora_B".formatted(name));
      }
    }
    if (plan.isEmpty()) {
      throw bad("changes nothing");
    }
    return plan;
  }

  private void add(String name, DType type, List<PlannedTensor> plan) {
    String published = name.substring(0, name.length() - A.length());
    Family family = base.family();
    String local =
        family
            .local(published.replace(PREFIX, "") + ".weight")
            .orElseThrow(() -> bad("changes '%s', which is left out".formatted(published)));
    TensorName parsed = TensorName.parse(local);
    NameRule rule =
        family.rules().stream()
            .filter(known -> known.hf().equals(parsed.pattern()) && !known.gguf().isEmpty())
            .findFirst()
            .orElseThrow(() ->
                bad(
                    "changes '%s', which models of architecture '%s' do not have"
                        .formatted(published, family.architecture())));
    TensorInfo left = numbers.info(name).orElseThrow();
    TensorInfo right =
        numbers
            .info(name.replace(A, B))
            .orElseThrow(() -> bad("lacks the lora_B of '%s'".formatted(published)));
    Shape a = left.shape();
    Shape b = right.shape();
    if (a.rank() != 2 || b.rank() != 2 || a.dim(0) != b.dim(1) || a.dim(0) == 0) {
      throw bad("'%s': %s and %s make no product".formatted(published, b, a));
    }
    int heads =
        switch (rule.change()) {
          case NONE -> 0;
          case QUERY_HEADS -> base.heads();
          case KEY_HEADS -> base.keyHeads();
          default ->
              throw bad("changes '%s', whose experts GGUF keeps otherwise".formatted(published));
        };
    if (heads > 0 && b.dim(0) % (2L * heads) != 0) {
      throw bad("'%s' has %d rows, which make no %d heads".formatted(published, b.dim(0), heads));
    }
    String weight = parsed.in(rule.gguf());
    plan.add(planned(weight + LoraAdapter.A, type, left, 0));
    plan.add(planned(weight + LoraAdapter.B, type, right, heads));
  }

  private static PlannedTensor planned(String name, DType type, TensorInfo info, int heads) {
    Shape shape = info.shape();
    Slice rows =
        new Slice(info.name(), 0, shape.dim(0), Math.toIntExact(shape.rowLength()), heads, false);
    return new PlannedTensor(name, type, shape, List.of(rows), 0);
  }

  /** What a product of this rank is multiplied with. */
  private double scale(double rank) {
    double alpha = config.path("lora_alpha").asDouble(rank);
    return alpha / (stabilized() ? Math.sqrt(rank) : rank);
  }

  /** Whether products are divided by the root of their rank (rsLoRA), not by the rank. */
  private boolean stabilized() {
    return config.path("use_rslora").asBoolean(false);
  }

  /**
   * The number that, divided by a pair's rank, scales its product: what GGUF says of an adapter.
   *
   * @throws dev.gatun.formats.ModelFormatException when one number cannot say it
   */
  float alpha(List<PlannedTensor> plan) {
    List<Long> ranks =
        plan.stream()
            .filter(tensor -> tensor.name().endsWith(LoraAdapter.A))
            .map(tensor -> tensor.shape().dim(0))
            .distinct()
            .toList();
    if (stabilized() && ranks.size() > 1) {
      throw bad(
          "divides by the roots (use_rslora) of different ranks %s, which GGUF cannot say"
              .formatted(ranks));
    }
    double rank = ranks.getFirst().doubleValue();
    return (float) (scale(rank) * rank);
  }

  private LoraAdapter read(float strength) {
    List<PlannedTensor> plan = plan(DType.F32);
    String name = folder.path().toString();
    ConvertedSource source =
        new ConvertedSource(
            name, folder.tensors().paths(), new GgufWriter().toMetadata(), numbers, plan);
    Map<String, LowRank> deltas = new LinkedHashMap<>();
    for (int i = 0; i < plan.size(); i += 2) {
      PlannedTensor a = plan.get(i);
      float[] rows = floats(source, plan.get(i + 1));
      int rank = Math.toIntExact(a.shape().dim(0));
      float scale = (float) (strength * scale(rank));
      for (int j = 0; j < rows.length; j++) {
        rows[j] *= scale;
      }
      String weight = a.name().substring(0, a.name().length() - LoraAdapter.A.length());
      int columns = Math.toIntExact(a.shape().dim(1));
      deltas.put(weight, new LowRank(floats(source, a), rows, rank, columns));
    }
    return new LoraAdapter(name, base.family().architecture(), deltas);
  }

  private static float[] floats(ConvertedSource source, PlannedTensor tensor) {
    return source.tensor(tensor.name()).orElseThrow().toFloats();
  }

  private RuntimeException bad(String what) {
    return JsonFile.bad(folder.path(), what, null);
  }

  @Override
  public void close() {
    folder.close();
  }
}
