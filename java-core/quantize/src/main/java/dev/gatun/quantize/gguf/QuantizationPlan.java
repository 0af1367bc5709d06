package dev.gatun.quantize.gguf;

import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a quantization will do, before it does anything.
 *
 * @param tensors all tensors, in the order of the file to come
 * @param blocks number of transformer blocks that it will have
 */
public record QuantizationPlan(List<TensorPlan> tensors, int blocks) {
  public QuantizationPlan {
    tensors = List.copyOf(tensors);
  }

  /**
   * Plans.
   *
   * @throws GatunException when a tensor would be quantized twice, needs importances that are not
   *     there, or the importance matrix is of another model
   */
  public static QuantizationPlan of(ModelSource source, QuantizeOptions options) {
    options.importance().ifPresent(used -> used.requireFor(source));
    QuantizationPlan plan = unchecked(source, options);
    plan.tensors.forEach(tensor -> require(tensor, options));
    return plan;
  }

  /** Plans without asking whether it can be carried out: to see what it would come to. */
  public static QuantizationPlan unchecked(ModelSource source, QuantizeOptions options) {
    var pruning = new LayerPruning(options.pruned(), source.tensorNames());
    Map<String, String> names = new LinkedHashMap<>();
    // A split stays only where tensors stay in the order of the files.
    Collection<String> order =
        options.keepSplit() ? source.tensorNames() : TypeMix.ordered(source.tensorNames());
    for (String name : order) {
      pruning.name(name).ifPresent(left -> names.put(name, left));
    }
    var mix = new TypeMix(options.types(), source.metadata(), names.values());
    List<TensorPlan> plans = new ArrayList<>();
    names.forEach((name, left) -> {
      var stored = source.info(name).orElseThrow();
      var renamed = new ModelSource.TensorInfo(left, stored.dtype(), stored.shape());
      plans.add(new TensorPlan(stored, left, mix.next(renamed)));
    });
    return new QuantizationPlan(plans, pruning.kept());
  }

  /** Bytes of all tensors now. */
  public long sourceBytes() {
    return tensors.stream().mapToLong(TensorPlan::sourceBytes).sum();
  }

  /** Bytes of all tensors then. */
  public long targetBytes() {
    return tensors.stream().mapToLong(TensorPlan::targetBytes).sum();
  }

  /** Elements of all tensors. */
  public long elements() {
    return tensors.stream().mapToLong(tensor -> tensor.source().shape().elements()).sum();
  }

  private static void require(TensorPlan tensor, QuantizeOptions options) {
    if (tensor.copied()) {
      return;
    }
    String name = tensor.source().name();
    DType stored = tensor.source().dtype();
    if (stored.isBlocked() && tensor.type().isBlocked() && !options.allowRequantize()) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "tensor '%s' is %s already: quantizing it to %s loses more than quantizing the original would; take an F16, BF16 or F32 model, or insist with --allow-requantize"
              .formatted(name, stored, tensor.type()));
    }
    if (!BlockQuantizer.of(tensor.type()).usesImportance()) {
      return;
    }
    boolean weighted =
        options.importance().flatMap(used -> used.matrix().weights(name)).isPresent();
    if (!weighted && TypeMix.needsImportance(options.types().file(), name, tensor.type())) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "tensor '%s' as %s is useless without importances: make them with gatun imatrix and pass --imatrix, or choose a larger type"
              .formatted(name, tensor.type()));
    }
  }
}
