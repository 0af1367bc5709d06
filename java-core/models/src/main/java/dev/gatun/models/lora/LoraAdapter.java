package dev.gatun.models.lora;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A low-rank adapter (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021) in
 * GGUF, as llama.cpp's {@code convert_lora_to_gguf.py} writes it: for a weight {@code NAME} of
 * shape {@code [out, in]}, {@code NAME.lora_a} of shape {@code [rank, in]} and {@code NAME.lora_b}
 * of shape {@code [out, rank]}. Both are read whole: they are small. Immutable, thread-safe.
 */
public final class LoraAdapter {
  /** Behind the name of a weight, the matrix of shape {@code [rank, in]}. */
  public static final String A = ".lora_a";

  /** Behind the name of a weight, the matrix of shape {@code [out, rank]}. */
  public static final String B = ".lora_b";

  /** Metadata: what kind of adapter it is. */
  public static final String TYPE_KEY = "adapter.type";

  /** Metadata: the number that, divided by the rank, scales a product; 0 when it is scaled. */
  public static final String ALPHA_KEY = "adapter.lora.alpha";

  private final String name;
  private final String architecture;
  private final Map<String, LowRank> deltas;

  /**
   * An adapter that was read elsewhere.
   *
   * @param name for messages
   * @param architecture of the model, as GGUF names it
   * @param deltas by weight
   */
  public LoraAdapter(String name, String architecture, Map<String, LowRank> deltas) {
    this.name = name;
    this.architecture = architecture;
    this.deltas = Collections.unmodifiableMap(new LinkedHashMap<>(deltas));
  }

  /**
   * Reads an adapter; its file may be closed afterwards.
   *
   * @param strength what it is multiplied with; 1 for as it was trained
   * @throws GatunException when the file is no such adapter
   */
  public static LoraAdapter of(ModelSource file, float strength) {
    String type = file.metadata().string(TYPE_KEY).orElse("");
    if (!type.equals("lora")) {
      throw new GatunException(
          Kind.MODEL,
          "%s is no LoRA adapter: its adapter.type is '%s'".formatted(file.name(), type));
    }
    double alpha = file.metadata().floating(ALPHA_KEY).orElse(0.0);
    Map<String, LowRank> deltas = new LinkedHashMap<>();
    for (String tensor : file.tensorNames()) {
      if (tensor.endsWith(A)) {
        String weight = tensor.substring(0, tensor.length() - A.length());
        deltas.put(weight, delta(file, weight, alpha, strength));
      } else if (!tensor.endsWith(B) || file.info(tensor.replace(B, A)).isEmpty()) {
        throw new GatunException(
            Kind.MODEL,
            "%s has a tensor '%s' that belongs to no pair of .lora_a and .lora_b"
                .formatted(file.name(), tensor));
      }
    }
    if (deltas.isEmpty()) {
      throw new GatunException(Kind.MODEL, file.name() + " adds nothing to any weight");
    }
    String architecture = file.metadata().string("general.architecture").orElse("");
    return new LoraAdapter(file.name(), architecture, deltas);
  }

  private static LowRank delta(ModelSource source, String weight, double alpha, float strength) {
    TensorInfo a = source.info(weight + A).orElseThrow();
    TensorInfo b = source.info(weight + B).orElse(null);
    Shape first = a.shape();
    if (b == null
        || first.rank() != 2
        || b.shape().rank() != 2
        || b.shape().dim(1) != first.dim(0)) {
      throw new GatunException(
          Kind.MODEL,
          "%s: %s of '%s' and .lora_b do not make a product; only matrices with a pair are known"
              .formatted(source.name(), first, weight));
    }
    int rank = Math.toIntExact(first.dim(0));
    // Alpha 0 means that the adapter is scaled already.
    float scale = (float) (alpha == 0 ? strength : strength * alpha / rank);
    float[] right = source.tensor(weight + B).orElseThrow().toFloats();
    for (int i = 0; i < right.length; i++) {
      right[i] *= scale;
    }
    float[] left = source.tensor(weight + A).orElseThrow().toFloats();
    return new LowRank(left, right, rank, Math.toIntExact(first.dim(1)));
  }

  /** Names of the weights that it changes. */
  public Set<String> weights() {
    return deltas.keySet();
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** What it adds to a weight that it changes. */
  public LowRank delta(String weight) {
    return deltas.get(weight);
  }

  /**
   * Refuses a model that it was not made for.
   *
   * @throws GatunException when a weight is missing or has another shape
   */
  public void requireFor(ModelSource model) {
    String other = model.metadata().string("general.architecture").orElse("");
    if (!other.equals(architecture)) {
      throw mismatch(model, "its architecture is %s, not %s".formatted(other, architecture));
    }
    List<String> absent = new ArrayList<>();
    deltas.forEach((weight, delta) -> {
      TensorInfo info = model.info(weight).orElse(null);
      if (info == null) {
        absent.add(weight);
      } else if (info.shape().rank() != 2
          || info.shape().dim(0) != delta.rows()
          || info.shape().dim(1) != delta.columns()) {
        throw mismatch(
            model,
            "'%s' is %s there, [%d, %d] here"
                .formatted(weight, info.shape(), delta.rows(), delta.columns()));
      }
    });
    if (!absent.isEmpty()) {
      throw mismatch(
          model,
          "%d weights are not there, such as '%s'".formatted(absent.size(), absent.getFirst()));
    }
  }

  private GatunException mismatch(ModelSource model, String why) {
    return new GatunException(
        Kind.MODEL,
        "the adapter %s was made for another model than %s: %s".formatted(name, model.name(), why));
  }
}
