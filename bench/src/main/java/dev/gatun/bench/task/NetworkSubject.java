package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.pipelines.onnx.UsualSizes;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Any ONNX network: runs of it on numbers that look like data. */
final class NetworkSubject implements Subject {
  private final OnnxNetwork network;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();

  private NetworkSubject(OnnxNetwork network) {
    this.network = network;
    var random = new SplittableRandom(11);
    Map<String, Long> sizes = request().typicalSizes();
    for (Value input : network.graph().inputs()) {
      inputs.put(input.name(), input(input, input.type().resolve(sizes), random));
    }
  }

  /**
   * @param shapes of inputs, by name; what is missing has usual sizes
   */
  static NetworkSubject load(
      GatunRuntime runtime, Path file, Policy policy, Map<String, Shape> shapes) {
    NetworkSpec spec =
        NetworkSpec.of(file, policy).withShapes(shapes).withRanges(UsualSizes::ranges);
    OnnxNetwork network = OnnxNetwork.load(runtime, spec);
    try {
      return new NetworkSubject(network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private PlanRequest request() {
    return network.plan().plan().request();
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
    throw new GatunException(
        GatunException.Kind.MODEL,
        "the input %s of the network is of type %s; `bench` makes inputs of F32 and I64"
            .formatted(input.name(), dtype));
  }

  @Override
  public long query(BenchTest test) {
    long start = System.nanoTime();
    for (int i = 0; i < test.items(); i++) {
      network.run(inputs);
    }
    return System.nanoTime() - start;
  }

  @Override
  public Optional<Work> work(BenchTest test) {
    Cost cost = CostSummary.of(network.graph(), request().typicalSizes(), 0).total();
    return Optional.of(new Work(cost.flops(), cost.bytes()).times(test.items()));
  }

  @Override
  public Answer answer() {
    network.run(inputs);
    List<float[]> parts = new ArrayList<>();
    int columns = 1;
    for (Value output : network.graph().outputs()) {
      if (output.type().dtype() == DType.F32) {
        Tensor tensor = network.output(output.name());
        parts.add(tensor.toFloats());
        columns = parts.size() == 1 ? Math.max(1, (int) tensor.shape().rowLength()) : 1;
      }
    }
    if (parts.size() == 1) {
      return Answer.ofRows(parts.getFirst(), columns);
    }
    int length = parts.stream().mapToInt(part -> part.length).sum();
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return Answer.of(all, List.of());
  }

  @Override
  public Explanation explain() {
    return network.plan().explain();
  }

  @Override
  public Quantity compileSeconds() {
    return Quantity.of(network.plan().compileSeconds());
  }

  @Override
  public Optional<Roofline> roofline() {
    return Rooflines.of(network.plan());
  }

  @Override
  public void close() {
    network.close();
  }
}
