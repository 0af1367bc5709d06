package dev.gatun.bench.task;

import dev.gatun.graph.Value;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs of a network that look like data; the same each time. */
public final class NetworkInputs {
  private NetworkInputs() {}

  /**
   * Inputs at the typical sizes of the first profile.
   *
   * @throws GatunException of kind MODEL when an input has a type that cannot be made up
   */
  public static Map<String, Tensor> of(PlanRequest request) {
    return of(request, 0);
  }

  /**
   * Other inputs of the same sizes for each {@code trial}.
   *
   * @throws GatunException as {@link #of(PlanRequest)}
   */
  public static Map<String, Tensor> of(PlanRequest request, int trial) {
    var random = new SplittableRandom(11L + trial);
    Map<String, Long> sizes = request.typicalSizes();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value input : request.graph().inputs()) {
      inputs.put(input.name(), input(input, input.type().resolve(sizes), random));
    }
    return inputs;
  }

  /** Numbers about 0; integers are small, and 1 in masks, so that they may be indices. */
  private static Tensor input(Value input, Shape shape, SplittableRandom random) {
    int count = Math.toIntExact(shape.elements());
    DType dtype = input.type().dtype();
    if (dtype == DType.F32) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.ofFloats(shape, values);
    }
    if (dtype == DType.I64) {
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = input.name().contains("mask") ? 1 : random.nextInt(2);
      }
      return Tensor.ofLongs(shape, values);
    }
    if (dtype == DType.I32) {
      int[] values = new int[count];
      for (int i = 0; i < count; i++) {
        values[i] = input.name().contains("mask") ? 1 : random.nextInt(2);
      }
      return Tensor.ofInts(shape, values);
    }
    throw new GatunException(
        GatunException.Kind.MODEL,
        "the input %s of the network is of type %s; `bench` makes inputs of F32, I32 and I64"
            .formatted(input.name(), dtype));
  }
}
