package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Minus the log probability of the right class. Inputs: log probabilities [n, classes, ..]; target
 * I32 or I64 [n, ..]; weight of each class, optional.
 *
 * @param ignore target that counts nothing
 */
public record NegativeLogLikelihoodLoss(Reducing reduction, OptionalLong ignore) implements OnnxOp {
  /** What becomes of the losses of all targets. */
  public enum Reducing {
    NONE,
    SUM,
    /** Weighted. */
    MEAN;

    /** ONNX's name. */
    public String onnxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String type() {
    return "NegativeLogLikelihoodLoss";
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>(Map.of("reduction", reduction.onnxName()));
    ignore.ifPresent(number -> attributes.put("ignore_index", number));
    return attributes;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType target = Infer.integer(this, inputs, 1);
    Infer.check(this, x.rank() >= 2 && target.rank() == x.rank() - 1, "%s of target %s", x, target);
    return List.of(
        reduction == Reducing.NONE
            ? new ValueType(x.dtype(), target.dims())
            : ValueType.of(x.dtype()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Array target = call.input(1);
    Lines lines = Lines.of(x.shape(), 1);
    double[] losses = new double[target.values().length];
    if (losses.length != lines.outer() * lines.inner()) {
      throw new GraphException("%s of target %s".formatted(x.shape(), target.shape()));
    }
    double weights = 0;
    for (int i = 0; i < losses.length; i++) {
      double wanted = target.values()[i];
      if (ignore.isPresent() && wanted == ignore.getAsLong()) {
        continue;
      }
      int group = (int) GatherElements.index(this, wanted, lines.count());
      double weight = call.input(2) == null ? 1 : call.input(2).values()[group];
      losses[i] = -weight * x.values()[lines.at(i / lines.inner(), group, i % lines.inner())];
      weights += weight;
    }
    double sum = Arrays.stream(losses).sum();
    return List.of(
        switch (reduction) {
          case NONE -> new Array(x.dtype(), target.shape(), losses);
          case SUM -> new Array(x.dtype(), Shape.of(), sum);
          case MEAN -> new Array(x.dtype(), Shape.of(), sum / weights);
        });
  }
}
