package dev.gatun.quantize.mix;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses a type for each tensor of a model: the rules of llama.cpp's {@code llama-quantize} at the
 * revision that the module's README names. They count the tensors that they meet, so the order
 * matters: {@link #ordered} gives it.
 *
 * <p>The rules give more bits to values, to the second matrix of feed-forward blocks, and to the
 * output. They differ between revisions of llama.cpp (a fused {@code attn_qkv} follows the rule for
 * values here).
 */
public final class TypeMix {
  private static final Pattern LAYER = Pattern.compile("^blk\\.(\\d{1,9})\\.");

  private final MixOptions options;
  private final FileType file;
  private final ModelTraits model;
  private final int values;
  private final boolean tied;
  private int valuesSeen;
  private int downsSeen;
  private int gatesSeen;
  private int upsSeen;

  /**
   * @param metadata of the model
   * @param tensors all its tensors, as they will be named
   */
  public TypeMix(MixOptions options, Metadata metadata, Collection<String> tensors) {
    this.options = options;
    this.file = options.file();
    this.model = ModelTraits.of(metadata);
    this.values =
        (int) tensors.stream().map(TensorRole::of).filter(TensorRole.ATTENTION_V::equals).count();
    this.tied = tensors.stream().map(TensorRole::of).noneMatch(TensorRole.OUTPUT::equals);
  }

  /** Tensors in the order in which the rules count and files list them: by layer, then by name. */
  public static List<String> ordered(Collection<String> tensors) {
    List<String> names = new ArrayList<>(tensors);
    names.sort(Comparator.comparingInt(TypeMix::layer).thenComparing(Comparator.naturalOrder()));
    return names;
  }

  /** The number of the block that a tensor belongs to; -1 for none. */
  public static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /**
   * Chooses the type of the next tensor.
   *
   * @param tensor its name as it will be, and its stored type and shape
   */
  public TypeChoice next(TensorInfo tensor) {
    String name = tensor.name();
    TensorRole role = TensorRole.of(name);
    if (options.copy()
        || KeptTensors.contain(name, tensor.shape())
        || (role == TensorRole.OUTPUT && options.keepOutput())) {
      return new TypeChoice(tensor.dtype(), TypeChoice.Cause.KEPT);
    }
    if (role == TensorRole.TOKEN_EMBEDDING
        && options.tokenEmbedding().isPresent()
        && (name.equals("token_embd.weight") || options.named(name).isEmpty())) {
      return new TypeChoice(options.tokenEmbedding().get(), TypeChoice.Cause.ASKED);
    }
    if (role == TensorRole.OUTPUT && options.output().isPresent()) {
      return new TypeChoice(options.output().get(), TypeChoice.Cause.ASKED);
    }
    DType base = file.base();
    if (!base.isBlocked()) {
      return new TypeChoice(base, TypeChoice.Cause.MIX);
    }
    boolean named = options.named(name).isPresent();
    DType wanted = named ? options.named(name).get() : options.pure() ? base : mixed(role, tensor);
    DType type = Fallback.of(wanted, tensor.shape().rowLength());
    TypeChoice.Cause cause =
        type != wanted
            ? TypeChoice.Cause.FALLBACK
            : named ? TypeChoice.Cause.ASKED : TypeChoice.Cause.MIX;
    return new TypeChoice(type, cause);
  }

  /** Whether a tensor of this type in a file of that one is useless without importances. */
  public static boolean needsImportance(FileType file, String name, DType type) {
    if (TensorRole.isTokenEmbedding(name) || name.equals("output.weight")) {
      return false;
    }
    return switch (type) {
      case IQ3_XXS, IQ2_XXS, IQ2_XS, IQ2_S, IQ1_M, IQ1_S -> true;
      case Q2_K -> file == FileType.Q2_K_S;
      default -> false;
    };
  }

  private DType mixed(TensorRole role, TensorInfo tensor) {
    DType base = file.base();
    if (role == TensorRole.OUTPUT || (tied && role == TensorRole.TOKEN_EMBEDDING)) {
      return output(tensor.shape().rowLength());
    }
    if (file == FileType.MXFP4_MOE) {
      boolean experts =
          tensor.shape().rank() > 2 && tensor.shape().dim(tensor.shape().rank() - 3) > 1;
      return experts ? DType.MXFP4 : DType.Q8_0;
    }
    if (role == TensorRole.TOKEN_EMBEDDING) {
      return tokenEmbedding();
    }
    if (veryLow()) {
      return VeryLowBits.choose(
          file, role, model, role == TensorRole.FFN_DOWN && downsSeen++ < model.layers() / 8);
    }
    return switch (role) {
      case ATTENTION_V -> values();
      case ATTENTION_K -> keys();
      case ATTENTION_Q -> queries();
      case ATTENTION_OUTPUT -> attentionOutput();
      case FFN_DOWN -> down(index(tensor.name(), downsSeen++));
      case FFN_GATE -> inner(index(tensor.name(), gatesSeen++));
      case FFN_UP -> inner(index(tensor.name(), upsSeen++));
      case TOKEN_EMBEDDING, OUTPUT, OTHER -> base;
    };
  }

  private boolean veryLow() {
    return file.in(
        FileType.IQ1_S,
        FileType.IQ1_M,
        FileType.IQ2_XXS,
        FileType.IQ2_XS,
        FileType.IQ2_S,
        FileType.IQ2_M);
  }

  /** Experts' tensors do not come in the order of layers: there the name tells. */
  private int index(String name, int seen) {
    return model.experts() > 1 ? Math.max(0, layer(name)) : seen;
  }

  private boolean falcon() {
    return model.architecture().equals("falcon");
  }

  private boolean grouped() {
    return model.queriesPerKey() >= 4;
  }

  private boolean mixtral() {
    return model.experts() == 8;
  }

  /** The first and the last eighth, and every third layer between. */
  private static boolean moreBits(int layer, int layers) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }

  private DType output(long columns) {
    if (options.output().isPresent()) {
      return options.output().get();
    }
    DType base = file.base();
    if (file == FileType.MXFP4_MOE || falcon() || columns % base.blockElements() != 0) {
      return DType.Q8_0;
    }
    if (veryLow() || file == FileType.IQ3_XXS) {
      return DType.Q5_K;
    }
    return base == DType.Q8_0 ? base : DType.Q6_K;
  }

  private DType tokenEmbedding() {
    return switch (file) {
      case IQ2_XXS, IQ2_XS, IQ1_S, IQ1_M -> DType.Q2_K;
      case IQ2_S, IQ2_M, IQ3_XXS -> DType.IQ3_S;
      case TQ1_0, TQ2_0, Q2_0 -> DType.Q4_K;
      default -> file.base();
    };
  }

  private DType values() {
    int seen = valuesSeen++;
    DType base = file.base();
    DType type =
        switch (file) {
          case Q2_K -> grouped() ? DType.Q4_K : DType.Q3_K;
          case Q2_K_S, IQ3_XS, IQ3_S -> grouped() ? DType.Q4_K : base;
          case IQ3_XXS ->
              grouped() ? DType.Q4_K : options.importance() ? DType.IQ3_XXS : DType.IQ3_S;
          case IQ3_M -> DType.Q4_K;
          case Q3_K_M -> seen < 2 ? DType.Q5_K : DType.Q4_K;
          case Q3_K_L -> DType.Q5_K;
          case IQ4_NL, IQ4_XS -> grouped() ? DType.Q5_K : base;
          case Q4_K_M, Q5_K_M -> moreBits(seen, values) ? DType.Q6_K : base;
          case Q4_K_S -> seen < 4 ? DType.Q5_K : base;
          default -> base;
        };
    if (mixtral()) {
      return DType.Q8_0;
    }
    boolean low = type == DType.Q3_K || type == DType.Q4_K;
    return model.seventyBillion() && low ? DType.Q5_K : type;
  }

  private DType keys() {
    return mixtral() ? DType.Q8_0 : queries();
  }

  private DType queries() {
    return switch (file) {
      case IQ3_XS -> DType.IQ3_XXS;
      case IQ3_XXS -> DType.IQ2_S;
      default -> file.base();
    };
  }

  private DType attentionOutput() {
    DType base = file.base();
    if (falcon()) {
      return file == FileType.Q3_K_L ? DType.Q4_K : base;
    }
    if (mixtral()) {
      return switch (file) {
        case Q2_K, IQ3_XS, IQ3_XXS, Q3_K_S, Q3_K_M, IQ4_NL, Q4_K_S, Q4_K_M, IQ3_S, IQ3_M, IQ4_XS ->
            DType.Q5_K;
        default -> base;
      };
    }
    return switch (file) {
      case Q2_K -> DType.Q3_K;
      case IQ3_XXS -> DType.IQ3_S;
      case Q3_K_M, IQ3_M -> DType.Q4_K;
      case Q3_K_L -> DType.Q5_K;
      default -> base;
    };
  }

  private DType down(int layer) {
    int layers = model.layers();
    DType base = file.base();
    boolean early = layer < layers / 8;
    boolean more = moreBits(layer, layers);
    boolean importance = options.importance();
    return switch (file) {
      case Q2_K -> DType.Q3_K;
      case Q2_K_S -> early ? DType.Q4_K : base;
      case IQ3_XXS -> importance ? base : early ? DType.Q4_K : DType.Q3_K;
      case Q3_K_M -> layer < layers / 16 ? DType.Q5_K : !falcon() || more ? DType.Q4_K : DType.Q3_K;
      case IQ3_M -> early || (mixtral() && more) ? DType.Q4_K : base;
      case Q3_K_L -> falcon() ? DType.Q4_K : DType.Q5_K;
      case Q4_K_M ->
          !falcon()
              ? (more ? DType.Q6_K : base)
              : layer < layers / 16 ? DType.Q6_K : more ? DType.Q5_K : DType.Q4_K;
      case IQ4_NL, IQ4_XS -> early && !importance ? DType.Q5_K : base;
      case Q5_K_M -> more ? DType.Q6_K : base;
      case Q4_K_S -> early && !falcon() ? DType.Q5_K : base;
      // With importances, symmetric blocks can go wild in the first of these layers.
      case Q4_0 -> early && importance ? DType.Q4_1 : base;
      case Q5_0 -> early && importance ? DType.Q5_1 : base;
      default -> base;
    };
  }

  /** The first matrices of a feed-forward block. */
  private DType inner(int layer) {
    int layers = model.layers();
    boolean middle = layer >= layers / 8 && layer < 7 * layers / 8;
    return file == FileType.IQ3_XS && middle ? DType.IQ3_XXS : file.base();
  }
}
