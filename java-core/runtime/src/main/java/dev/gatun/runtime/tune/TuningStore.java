package dev.gatun.runtime.tune;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.json.JsonTree;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tunings, one small file per model and device: {@code MODEL/DEVICE.json}. A file that is damaged,
 * or was measured with other versions or another processor, is ignored with a message. Thread-safe,
 * between processes too: files appear as a whole.
 */
public final class TuningStore {
  private static final String SCHEMA = "gatun.tuning/1";
  private static final int LARGEST = 1 << 16;
  private static final int MOST_CHOICES = 64;

  private final Path folder;

  /**
   * @param folder made when needed
   */
  public TuningStore(Path folder) {
    this.folder = folder;
  }

  /**
   * What was found for a model on a device.
   *
   * @param tuning empty when there is none that can be used
   * @param ignored why what is there is not used; empty for nothing to say
   */
  public record Found(Optional<Tuning> tuning, Optional<String> ignored) {
    /** No tuning, and nothing to say. */
    public static final Found NOTHING = new Found(Optional.empty(), Optional.empty());
  }

  /**
   * Looks for a tuning. Choices that the device does not leave open here, because a setting makes
   * them, are left out.
   */
  public Found find(PlanRequest request, Device device) {
    Path file = file(request, device);
    if (!Files.exists(file)) {
      return Found.NOTHING;
    }
    try {
      Optional<byte[]> content = AtomicFile.read(file, LARGEST);
      return content.isEmpty()
          ? ignore(file, "it is damaged")
          : read(file, content.get(), request, device);
    } catch (JacksonException e) {
      return ignore(file, "it is damaged");
    } catch (IOException e) {
      return ignore(file, "it cannot be read: " + e.getMessage());
    }
  }

  private static Found ignore(Path file, String why) {
    return new Found(
        Optional.empty(),
        Optional.of(
            "the tuning %s is ignored: %s; `gatun tune` measures again".formatted(file, why)));
  }

  private Found read(Path file, byte[] content, PlanRequest request, Device device)
      throws IOException {
    JsonNode node = JsonTree.read(content);
    JsonNode choices = node.path("choices");
    JsonNode ratio = node.path("ratio");
    Optional<LocalDate> date = date(node.path("date").asText(""));
    boolean sound =
        node.path("schema").asText("").equals(SCHEMA)
            && choices.isObject()
            && choices.size() <= MOST_CHOICES
            && ratio.isNumber()
            && ratio.asDouble() > 0
            && Double.isFinite(ratio.asDouble())
            && date.isPresent();
    if (!sound) {
      return ignore(file, "it is damaged");
    }
    String then = node.path("measuredWith").asText("");
    if (!then.equals(versions(device.info()))) {
      return ignore(file, "it was measured with " + then + ", this is " + versions(device.info()));
    }
    Map<String, List<String>> open = new TreeMap<>();
    for (Tunable tunable : device.tunables(request.graph())) {
      open.put(tunable.name(), tunable.values());
    }
    Map<String, String> usable = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> choice : choices.properties()) {
      String value = choice.getValue().asText("");
      boolean known =
          choice.getKey().equals(Tuning.BLOCK)
              ? value.matches("[1-9][0-9]{0,6}")
              : !open.containsKey(choice.getKey()) || open.get(choice.getKey()).contains(value);
      if (!known) {
        return ignore(file, choice.getKey() + " cannot be " + value + " here");
      }
      if (choice.getKey().equals(Tuning.BLOCK) || open.containsKey(choice.getKey())) {
        usable.put(choice.getKey(), value);
      }
    }
    if (usable.isEmpty() && !choices.isEmpty()) {
      return Found.NOTHING;
    }
    return new Found(
        Optional.of(new Tuning(device.info().id(), usable, ratio.asDouble(), date.get())),
        Optional.empty());
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Keeps a tuning for a model, in place of an older one of that device. */
  public void put(PlanRequest request, Device device, Tuning tuning) {
    var json = new JsonMapper();
    ObjectNode node = json.createObjectNode();
    node.put("schema", SCHEMA)
        .put("model", request.graph().name())
        .put("device", tuning.device())
        .put("measuredWith", versions(device.info()))
        .put("date", tuning.date().toString())
        .put("ratio", tuning.ratio());
    ObjectNode choices = node.putObject("choices");
    tuning.choices().forEach(choices::put);
    try {
      AtomicFile.write(file(request, device), json.writeValueAsBytes(node));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the tuning in " + folder, e);
    }
  }

  /**
   * Forgets tunings of a model.
   *
   * @param backend only those of this backend or device; empty for all
   * @return ids of the devices whose tunings are gone
   */
  public List<String> remove(PlanRequest request, Optional<String> backend) {
    Path model = folder.resolve(model(request));
    if (!Files.isDirectory(model)) {
      return List.of();
    }
    List<String> gone = new ArrayList<>();
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replaceAll("\\.json$", "");
        boolean wanted =
            backend.isEmpty()
                || name.equals(name(backend.get()))
                || name.startsWith(name(backend.get()) + "_");
        if (wanted && file.getFileName().toString().endsWith(".json")) {
          Files.deleteIfExists(file);
          gone.add(name.replaceFirst("_", ":"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove tunings from " + model, e);
    }
    return gone;
  }

  /** What a measurement depends on beside the choices. */
  private static String versions(DeviceInfo device) {
    Map<String, String> properties = new TreeMap<>(device.properties());
    // How many threads there are by default is itself a setting.
    properties.remove(Tunable.THREADS);
    return "Gatun %s, Java %s, %s %s"
        .formatted(
            GatunRuntime.VERSION, System.getProperty("java.vm.version"), device.name(), properties);
  }

  private Path file(PlanRequest request, Device device) {
    return folder.resolve(model(request)).resolve(name(device.info().id()) + ".json");
  }

  private static String name(String device) {
    return device.replaceAll("[^A-Za-z0-9.-]", "_");
  }

  /** The model's digest; of a file without one the digest of its shapes, which decide its speed. */
  private static String model(PlanRequest request) {
    return request.modelDigest().orElseGet(() -> "shape-" + shape(request.graph()));
  }

  private static String shape(Graph graph) {
    MessageDigest digest = Digests.sha256();
    for (Node node : graph.nodes()) {
      add(digest, node.name() + " " + node.op().type());
    }
    for (Constant constant : graph.constants()) {
      add(digest, constant.data().dtype() + " " + constant.data().shape());
    }
    return Digests.hex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
