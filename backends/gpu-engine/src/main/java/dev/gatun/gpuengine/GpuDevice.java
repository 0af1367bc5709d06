package dev.gatun.gpuengine;

import dev.gatun.gpuengine.compile.Acceptance;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.kernel.KernelLibrary;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.gpuengine.memory.WeightStore;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceCounters;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.Tunable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One GPU, whatever its vendor: what a backend gives to the runtime for each driver that it has.
 */
public final class GpuDevice implements Device {
  /** Most sequences of one session. */
  static final int MAX_SEQUENCES = 1024;

  /**
   * What plans leave free: a driver takes memory for kernels and recordings, and pieces of memory
   * are rounded up. A twentieth, and at least this.
   */
  private static final long LEAST_RESERVE = 16 << 20;

  private static final int RESERVE_PART = 20;

  private final DeviceInfo info;
  private final DeviceCapabilities capabilities;
  private final GpuDriver driver;
  private final KernelTexts texts;
  private final KernelLibrary kernels;
  private final WeightStore weights;
  private final ProductChoice products;

  /**
   * @param info who it is; the name says what the driver says, stand-in or not
   * @param preference rank under the {@code auto} policy
   * @param driver closed with this device
   * @param context for settings
   */
  public GpuDevice(DeviceInfo info, int preference, GpuDriver driver, ProbeContext context) {
    this.info = info;
    this.driver = driver;
    texts = new KernelTexts(driver.language());
    kernels = new KernelLibrary(driver, texts);
    weights = new WeightStore(driver);
    products =
        new ProductChoice(
            info.id(), driver.limits(), texts, context.property(ProductChoice.SETTING));
    capabilities =
        new DeviceCapabilities(Acceptance.weightFormats(texts), true, MAX_SEQUENCES, preference);
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public DeviceCapabilities capabilities() {
    return capabilities;
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    var acceptance = new Acceptance(graph, texts);
    return Assessment.byNode(
        graph,
        profiles,
        node -> acceptance.refusal(node).map(reason -> new Refusal(node, reason, "")));
  }

  @Override
  public OptionalLong peakBytes() {
    return OptionalLong.of(driver.peakBytes());
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    return new GpuExecutable(
        info.id(),
        driver,
        texts,
        kernels,
        weights,
        slice.graph(),
        profiles,
        options,
        products.arithmetic(options));
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    return products.tunables(graph);
  }

  @Override
  public OptionalLong usableBytes() {
    long reserve = Math.max(LEAST_RESERVE, driver.limits().memoryBytes() / RESERVE_PART);
    return OptionalLong.of(Math.max(0, driver.freeBytes() + weights.bytes() - reserve));
  }

  @Override
  public Optional<Roofline> roofline() {
    return new PeakTrial(driver, kernels).run();
  }

  @Override
  public DeviceCounters counters() {
    return driver.counters();
  }

  @Override
  public void close() {
    weights.close();
    kernels.close();
    driver.close();
  }
}
