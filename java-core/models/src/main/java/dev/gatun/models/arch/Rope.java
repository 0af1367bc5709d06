package dev.gatun.models.arch;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;

/**
 * The rotary position embedding of some layers.
 *
 * @param inverseFrequencies constant F32 [dims / 2]
 * @param dims elements of a head that turn
 * @param pairs which elements turn together
 * @param magnitude factor of sine and cosine
 */
record Rope(Value inverseFrequencies, int dims, Pairs pairs, float magnitude) {
  /** Which elements turn together. */
  enum Pairs {
    /** 2i and 2i + 1. */
    NEIGHBOURS,
    /** i and i + dims / 2. */
    HALVES
  }

  private static final double DEFAULT_BASE = 10000;

  /**
   * The embedding that the metadata ask for, scaling included.
   *
   * @param headDim elements of a head, which turn unless {@code rope.dimension_count} says fewer
   */
  static Rope of(ModelBuilder model, int headDim, Pairs pairs) {
    Hyperparameters metadata = model.metadata();
    int dims = dims(metadata, headDim);
    double base = base(metadata, "rope.freq_base");
    double magnitude = metadata.positive("rope.scaling.attn_factor", 1);
    double[] frequencies = divided(model, RopeScaling.plain(dims, base));
    double factor = factor(metadata);
    String type = metadata.text("rope.scaling.type", "linear");
    switch (type) {
      case "none" -> {}
      case "linear" -> frequencies = RopeScaling.linear(frequencies, factor);
      case "yarn" -> {
        double fast = metadata.positive("rope.scaling.yarn_beta_fast", 32);
        double slow = metadata.positive("rope.scaling.yarn_beta_slow", 1);
        int context = originalContext(model);
        frequencies = RopeScaling.yarn(frequencies, base, factor, context, fast, slow);
        magnitude *= RopeScaling.yarnMagnitude(factor);
      }
      // The factors per pair are all of it.
      case "longrope" -> {}
      default -> throw metadata.unsupported("rope.scaling.type '" + type + "'");
    }
    return create(model, "rope.inverse_frequencies", frequencies, pairs, magnitude);
  }

  /** An embedding with the base under this key and no scaling. */
  static Rope plain(ModelBuilder model, String name, int headDim, String baseKey, Pairs pairs) {
    int dims = dims(model.metadata(), headDim);
    double base = base(model.metadata(), baseKey);
    return create(model, name, RopeScaling.plain(dims, base), pairs, 1);
  }

  Rope withMagnitude(double other) {
    return new Rope(inverseFrequencies, dims, pairs, (float) other);
  }

  /** Factor of the context's extension; 1 when there is none. */
  static double factor(Hyperparameters metadata) {
    // scale_linear is the key of files from before 2024.
    String key = metadata.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
    double factor = metadata.real(key, 1);
    if (factor < 0) {
      throw metadata.bad(key, "is " + factor + ", below 0");
    }
    return factor == 0 ? 1 : factor;
  }

  /** Turns elements [offset, offset + dims) of each of the heads of {@code x}. */
  Value apply(ModelBuilder model, String nodeName, Value x, int heads, int headDim, int offset) {
    var op =
        new RotaryEmbedding(heads, headDim, offset, dims, pairs == Pairs.NEIGHBOURS, magnitude);
    return model.graph().rotary(nodeName, op, x, model.positions(), inverseFrequencies);
  }

  private static Rope create(
      ModelBuilder model, String name, double[] frequencies, Pairs pairs, double magnitude) {
    float[] rounded = new float[frequencies.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) frequencies[i];
    }
    Value constant =
        model.graph().constant(name, Tensor.ofFloats(Shape.of(rounded.length), rounded));
    return new Rope(constant, 2 * rounded.length, pairs, (float) magnitude);
  }

  private static double base(Hyperparameters metadata, String key) {
    double base = metadata.real(key, DEFAULT_BASE);
    if (base <= 1) {
      throw metadata.bad(key, "is " + base + ", not above 1");
    }
    return base;
  }

  private static int dims(Hyperparameters metadata, int headDim) {
    int dims = metadata.count("rope.dimension_count", headDim, headDim);
    if (dims % 2 != 0) {
      throw metadata.bad("rope.dimension_count", "is " + dims + ", not even");
    }
    return dims;
  }

  /** Applies the factors per pair that the file has: Llama 3's, or LongRoPE's for this context. */
  private static double[] divided(ModelBuilder model, double[] frequencies) {
    Weights weights = model.weights();
    String tensor = "rope_freqs.weight";
    if (!weights.has(tensor)) {
      if (!weights.has("rope_factors_long.weight") && !weights.has("rope_factors_short.weight")) {
        return frequencies;
      }
      float[] longer = weights.floats("rope_factors_long.weight", frequencies.length);
      float[] shorter = weights.floats("rope_factors_short.weight", frequencies.length);
      boolean extended = model.contextLength() > originalContext(model);
      return RopeScaling.divided(frequencies, checked(model, extended ? longer : shorter));
    }
    return RopeScaling.divided(
        frequencies, checked(model, weights.floats(tensor, frequencies.length)));
  }

  private static float[] checked(ModelBuilder model, float[] factors) {
    for (float factor : factors) {
      if (!(factor > 0) || factor == Float.POSITIVE_INFINITY) {
        throw new ModelException(
            "%s: a factor of rope frequencies is %s".formatted(model.metadata().model(), factor));
      }
    }
    return factors;
  }

  private static int originalContext(ModelBuilder model) {
    return model
        .metadata()
        .count("rope.scaling.original_context_length", model.trainedContext(), Integer.MAX_VALUE);
  }
}
