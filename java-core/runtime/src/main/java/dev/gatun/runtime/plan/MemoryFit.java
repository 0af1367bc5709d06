package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Whether a graph fits a device's memory, estimated before anything is compiled: states of the
 * session that is planned, the largest step's values, and, where the device has memory of its own,
 * the weights (a CPU reads them from the mapped file).
 */
final class MemoryFit {
  private static final double GIB = 1L << 30;

  private final PlanRequest request;
  private final long budget;

  /**
   * @param budget bytes that engines may allocate on the host
   */
  MemoryFit(PlanRequest request, long budget) {
    this.request = request;
    this.budget = budget;
  }

  Finding check(Device device, Graph graph) {
    boolean host = device.info().kind() == Kind.CPU;
    double weights =
        host
            ? ByteSizes.weightBytes(graph)
            : graph.constants().stream().mapToDouble(weight -> bytes(device, weight)).sum();
    double needed = states(graph) + activations(graph) + (host ? 0 : weights);
    double limit = limit(device);
    String figures =
        String.format(Locale.ROOT, "needs about %.2f GiB of %s", needed / GIB, text(limit));
    if (host && needed <= limit && needed + weights > limit) {
      figures +=
          String.format(
              Locale.ROOT,
              "; its %.2f GiB of weights do not fit beside that and are read from the file again"
                  + " and again",
              weights / GIB);
    }
    return needed <= limit
        ? Finding.good(Finding.Stage.FIT, figures)
        : Finding.bad(
            Finding.Stage.FIT,
            figures,
            host
                ? "ask for fewer positions (a smaller context), or raise the memory budget"
                : "ask for fewer positions (a smaller context), or take a smaller model");
  }

  /** Of a constant in the memory of a device. */
  long bytes(Device device, Constant constant) {
    return ByteSizes.weightBytes(constant, device.capabilities().weightFormats());
  }

  /** Bytes that a device may take; the largest number when nobody knows. */
  double limit(Device device) {
    DeviceInfo info = device.info();
    if (info.kind() == Kind.CPU || (info.memoryBytes() == 0 && info.sharesMemory())) {
      return budget;
    }
    double all = info.memoryBytes() == 0 ? Double.MAX_VALUE : info.memoryBytes();
    OptionalLong usable = device.usableBytes();
    return usable.isPresent() ? Math.min(all, (double) usable.getAsLong()) : all;
  }

  private double states(Graph graph) {
    return graph.states().stream().mapToDouble(this::bytes).sum();
  }

  /** Of one state, for the positions of the session that is planned. */
  double bytes(State state) {
    return (double) state.spec().bytesPerPosition() * request.session().positions();
  }

  /** Twice the largest node's inputs and outputs at a profile's upper bounds. */
  double activations(Graph graph) {
    double largest = 0;
    for (ShapeProfile profile : request.profiles()) {
      Map<String, Long> sizes = new java.util.HashMap<>();
      profile.ranges().forEach((symbol, range) -> sizes.put(symbol, range.max()));
      for (Node node : graph.nodes()) {
        double bytes = 0;
        for (Value value : node.outputs()) {
          bytes += ByteSizes.bytes(value.type(), sizes);
        }
        for (Value value : node.inputs()) {
          if (!value.isAbsent() && graph.constant(value).isEmpty()) {
            bytes += ByteSizes.bytes(value.type(), sizes);
          }
        }
        largest = Math.max(largest, bytes);
      }
    }
    return 2 * largest;
  }

  private static String text(double limit) {
    return limit == Double.MAX_VALUE
        ? "an unknown amount"
        : String.format(Locale.ROOT, "%.2f GiB", limit / GIB);
  }
}
