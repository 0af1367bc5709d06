package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** A launch of a kernel. */
public final class KernelStep implements Step {
  private final String node;
  private final String kernel;
  private final List<Operand> arguments;
  private final ParameterBlock parameters;
  private final Grid grid;

  private KernelStep(
      String node, String kernel, List<Operand> arguments, ParameterBlock parameters, Grid grid) {
    this.node = node;
    this.kernel = kernel;
    this.arguments = List.copyOf(arguments);
    this.parameters = parameters;
    this.grid = grid;
  }

  /** Collects what a kernel takes, in the order of its declaration. */
  static final class Builder {
    private final GpuLowering lowering;
    private final String node;
    private final String kernel;
    private final List<Operand> arguments = new ArrayList<>();
    private final ParameterBlock parameters = new ParameterBlock();

    Builder(GpuLowering lowering, String node, String kernel) {
      this.lowering = lowering;
      this.node = node;
      this.kernel = kernel;
    }

    /** A piece of memory; null where the kernel's parameters say that it is not used. */
    Builder memory(Operand operand) {
      // A kernel gets some memory for each argument, whether it looks at it or not.
      arguments.add(operand == null ? arguments.getFirst() : operand);
      return this;
    }

    /** Constant weights in the format that the model stores, and what it takes to decode them. */
    Builder weights(Operand stored, DType format) {
      memory(stored);
      lowering.lattice(format).ifPresent(this::memory);
      return this;
    }

    Builder integer(Size size) {
      parameters.integer(size);
      return this;
    }

    Builder integer(Extent extent) {
      return integer(Size.of(extent));
    }

    /** An array of {@code int}, of which the last elements may be missing. */
    Builder integers(List<Size> sizes, int length) {
      for (int i = 0; i < length; i++) {
        integer(i < sizes.size() ? sizes.get(i) : Size.fixed(0));
      }
      return this;
    }

    Builder integer(long number) {
      return integer(Size.fixed(number));
    }

    Builder integer(boolean flag) {
      return integer(flag ? 1 : 0);
    }

    /** An {@code int64}. */
    Builder wide(Size size) {
      parameters.wide(size);
      return this;
    }

    /** An {@code int64}. */
    Builder wide(long number) {
      return wide(Size.fixed(number));
    }

    Builder real(double value) {
      return real(_ -> value);
    }

    Builder real(Amount value) {
      parameters.real(value);
      return this;
    }

    /** Adds the step to the program. */
    void run(Grid grid) {
      lowering.add(new KernelStep(node, kernel, arguments, parameters, grid));
    }
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public String unit() {
    return kernel;
  }

  /** Name of the kernel. */
  public String kernel() {
    return kernel;
  }

  /** The kernel's memory, in its order. */
  public List<Operand> arguments() {
    return arguments;
  }

  @Override
  public List<Operand> touched() {
    return arguments;
  }

  /** Bytes of the kernel's parameters. */
  public int parameterBytes() {
    return parameters.bytes();
  }

  /** Makes a launch ready for a submission; false when there is nothing to run in it. */
  public boolean prepare(Launch launch, LaunchSizes sizes) {
    if (!grid.shape(launch, sizes)) {
      return false;
    }
    parameters.fill(launch.parameters(), sizes);
    return true;
  }
}
