package dev.gatun.bench.task;

import dev.gatun.bench.report.Quantity;
import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Any ONNX network: runs of it on numbers that look like data. */
final class NetworkSubject implements Subject {
  private final GatunRuntime runtime;
  private final OnnxNetwork network;
  private final Map<String, Tensor> inputs;

  private NetworkSubject(GatunRuntime runtime, OnnxNetwork network) {
    this.runtime = runtime;
    this.network = network;
    inputs = NetworkInputs.of(request());
  }

  /**
   * @param shapes of inputs, by name; what is missing has usual sizes
   */
  static NetworkSubject load(
      GatunRuntime runtime, Path file, Policy policy, Map<String, Shape> shapes) {
    OnnxNetwork network = OnnxNetwork.load(runtime, NetworkSpec.usual(file, policy, shapes));
    try {
      return new NetworkSubject(runtime, network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private PlanRequest request() {
    return network.plan().plan().request();
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
    return Rooflines.of(runtime, explain());
  }

  @Override
  public void close() {
    network.close();
  }
}
