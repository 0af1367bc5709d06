package dev.gatun.testkit.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a device of the product answers about {@link SampleModels}: its capabilities, what it makes
 * of each weight format, the nodes that it refuses, and why. Written down as a text, which the
 * backend's own tests compare with the device ({@link #check}), and which plans of recorded
 * machines are made from: so no test invents what a backend takes. With {@code
 * -Dgatun.test.write=true} the texts are written instead of compared. Immutable.
 *
 * <p>A line is a word and fields between tabs: {@code capabilities SHAPES SEQUENCES PREFERENCE},
 * {@code reads FORMATS}, {@code weight FORMAT exact|rounded HOW}, {@code refuses GRAPH NODE REASON
 * REMEDY}, where the node {@code *} stands for every node.
 */
public final class DeviceAnswers {
  private static final Path WRITTEN =
      Path.of("..", "testkit", "src", "main", "resources")
          .resolve(Path.of("dev", "gatun", "testkit", "machine", "answers"));

  private static final String ALL = "*";

  private final DeviceCapabilities capabilities;
  private final Map<DType, WeightUse> weights;
  private final Map<String, Map<String, String[]>> refusals;

  private DeviceAnswers(
      DeviceCapabilities capabilities,
      Map<DType, WeightUse> weights,
      Map<String, Map<String, String[]>> refusals) {
    this.capabilities = capabilities;
    this.weights = weights;
    this.refusals = refusals;
  }

  /**
   * Compares a device with the record; called by the tests of its backend, in the backend's folder.
   *
   * @param name of the record: {@code qnn-HTP}
   * @param folder an empty one, for the sample models
   * @throws AssertionError on a difference
   */
  public static void check(String name, Device device, Path folder) throws IOException {
    String text;
    try (SampleModels models = new SampleModels(folder)) {
      text = text(device, models.all());
    }
    if (Boolean.getBoolean("gatun.test.write")) {
      Files.createDirectories(WRITTEN);
      Files.writeString(WRITTEN.resolve(name + ".txt"), text);
      return;
    }
    assertEquals(recordedText(name), text, "recorded answers of " + name + " and its device's");
  }

  private static String text(Device device, List<Graph> graphs) {
    List<String> lines = new ArrayList<>();
    DeviceCapabilities can = device.capabilities();
    line(
        lines,
        "capabilities",
        can.dynamicShapes() ? "dynamic" : "fixed",
        Integer.toString(can.maxSequences()),
        Integer.toString(can.preference()));
    line(
        lines,
        "reads",
        can.weightFormats().stream().sorted().map(DType::name).collect(Collectors.joining(" ")));
    for (DType format : EnumSet.complementOf(EnumSet.of(DType.STRING))) {
      WeightUse use = device.weightUse(format);
      line(lines, "weight", format.name(), use.exact() ? "exact" : "rounded", use.how());
    }
    for (Graph graph : graphs) {
      List<Refusal> refused =
          device.assess(graph, SampleModels.request(graph, "auto").profiles()).refusals();
      boolean alike =
          refused.size() == graph.nodes().size()
              && refused.stream().map(each -> each.reason() + each.remedy()).distinct().count()
                  == 1;
      for (Refusal each : alike ? refused.subList(0, 1) : refused) {
        line(
            lines,
            "refuses",
            graph.name(),
            alike ? ALL : each.node().name(),
            each.reason(),
            each.remedy());
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static void line(List<String> lines, String... fields) {
    lines.add(String.join("\t", fields));
  }

  private static String recordedText(String name) throws IOException {
    try (InputStream in = DeviceAnswers.class.getResourceAsStream("answers/" + name + ".txt")) {
      if (in == null) {
        throw new AssertionError("no recorded answers of " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
  }

  /** The record of a device. */
  public static DeviceAnswers recorded(String name) throws IOException {
    Optional<DeviceCapabilities> capabilities = Optional.empty();
    Set<DType> reads = EnumSet.noneOf(DType.class);
    Map<DType, WeightUse> weights = new EnumMap<>(DType.class);
    Map<String, Map<String, String[]>> refusals = new HashMap<>();
    for (String line : recordedText(name).lines().toList()) {
      String[] fields = line.split("\t", -1);
      switch (fields[0]) {
        case "capabilities" ->
            capabilities =
                Optional.of(
                    new DeviceCapabilities(
                        Set.of(),
                        fields[1].equals("dynamic"),
                        Integer.parseInt(fields[2]),
                        Integer.parseInt(fields[3])));
        case "reads" -> {
          for (String format : fields[1].split(" ", -1)) {
            reads.add(DType.valueOf(format));
          }
        }
        case "weight" ->
            weights.put(
                DType.valueOf(fields[1]), new WeightUse(fields[2].equals("exact"), fields[3]));
        case "refuses" ->
            refusals
                .computeIfAbsent(fields[1], absent -> new HashMap<>())
                .put(fields[2], new String[] {fields[3], fields[4]});
        default -> throw new AssertionError(name + ": " + line);
      }
    }
    DeviceCapabilities can = capabilities.orElseThrow();
    return new DeviceAnswers(
        new DeviceCapabilities(reads, can.dynamicShapes(), can.maxSequences(), can.preference()),
        weights,
        refusals);
  }

  /** What the device can do. */
  public DeviceCapabilities capabilities() {
    return capabilities;
  }

  /** What the device makes of weights of a format. */
  public WeightUse weightUse(DType format) {
    return weights.get(format);
  }

  /** Why the device does not take a node of one of the sample models; empty when it does. */
  public Optional<Refusal> refusal(Graph graph, Node node) {
    Map<String, String[]> refused = refusals.getOrDefault(graph.name(), Map.of());
    return Optional.ofNullable(refused.getOrDefault(node.name(), refused.get(ALL)))
        .map(words -> new Refusal(node, words[0], words[1]));
  }
}
