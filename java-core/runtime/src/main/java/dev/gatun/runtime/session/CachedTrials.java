package dev.gatun.runtime.session;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.json.JsonTree;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.TrialRunner;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Trials that are remembered per model, device and Java version, in one small file each. A file
 * that cannot be read or written only costs another trial.
 */
public final class CachedTrials implements TrialRunner {
  private static final int VERSION = 2;
  private static final int LARGEST = 1 << 16;
  private static final System.Logger LOG = System.getLogger(CachedTrials.class.getName());

  private final Path folder;
  private final TrialRunner runner;

  /**
   * Remembers the trials of another runner.
   *
   * @param folder made when needed
   */
  public CachedTrials(Path folder, TrialRunner runner) {
    this.folder = folder;
    this.runner = runner;
  }

  @Override
  public Trial run(Plan plan, long enough) {
    String key = key(plan);
    Optional<Trial> known = find(key);
    if (known.isPresent()) {
      return known.get();
    }
    Trial trial = runner.run(plan, enough);
    if (trial.finding().good()) {
      put(key, trial);
    }
    return trial;
  }

  private static String key(Plan plan) {
    DeviceInfo device = plan.slices().getFirst().device().info();
    String text =
        String.join(
            "\n",
            plan.request().modelDigest().orElse(""),
            Fingerprint.of(plan),
            device.toString(),
            System.getProperty("java.vm.version"),
            plan.request().profiles().toString());
    return Digests.hex(Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Optional<Trial> find(String key) {
    try {
      var content = AtomicFile.read(folder.resolve(key + ".json"), LARGEST);
      if (content.isEmpty()) {
        return Optional.empty();
      }
      JsonNode node = JsonTree.read(content.get());
      JsonNode nanoseconds = node.path("nanoseconds");
      String reason = node.path("reason").asText("");
      boolean fits =
          node.path("version").asInt() == VERSION
              && nanoseconds.isIntegralNumber()
              && nanoseconds.canConvertToLong()
              && nanoseconds.asLong() > 0
              && !reason.isEmpty();
      return fits ? Optional.of(remembered(reason, nanoseconds.asLong())) : Optional.empty();
    } catch (JacksonException e) {
      LOG.log(System.Logger.Level.DEBUG, "ignoring a damaged trial", e);
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read a trial", e);
      return Optional.empty();
    }
  }

  private static Trial remembered(String reason, long nanoseconds) {
    return new Trial(Finding.good(Finding.Stage.MEASURED, reason + " (remembered)"), nanoseconds);
  }

  private void put(String key, Trial trial) {
    try {
      var json = new JsonMapper();
      ObjectNode node = json.createObjectNode();
      node.put("version", VERSION)
          .put("nanoseconds", trial.nanoseconds())
          .put("reason", trial.finding().reason());
      AtomicFile.write(folder.resolve(key + ".json"), json.writeValueAsBytes(node));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot remember a trial", e);
    }
  }
}
