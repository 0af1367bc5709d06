package dev.gatun.runtime;

import dev.gatun.tensor.GatunException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Settings by name, {@code gatun.<area>.<name>}: what the builder was given, then Java's system
 * properties, then, for the few that have one, an environment variable. Immutable.
 */
public final class Settings {
  /** Folder of Gatun's files; environment {@code GATUN_HOME}; default {@code ~/.gatun}. */
  public static final String HOME = "gatun.home";

  /** {@code true}: no network at all; environment {@code GATUN_OFFLINE}. */
  public static final String OFFLINE = "gatun.offline";

  /** Worker threads; environment {@code GATUN_THREADS}. */
  public static final String THREADS = "gatun.threads";

  /** Bytes for weights, states and activations together, with a suffix K, M or G if liked. */
  public static final String MEMORY = "gatun.memory";

  /** Milliseconds that a self-test in a child JVM may take. */
  public static final String PROBE_TIMEOUT = "gatun.probe.timeout";

  /** {@code false}: run self-tests in this JVM. */
  public static final String PROBE_CHILD = "gatun.probe.child";

  /** {@code true}: run self-tests again although their findings are known. */
  public static final String PROBE_REFRESH = "gatun.probe.refresh";

  /** Further JVM options of the child JVM, separated by spaces. */
  public static final String PROBE_OPTIONS = "gatun.probe.options";

  /** Trials when several devices fit: {@code true}, {@code false}, or the device id to take. */
  public static final String PLAN_TRIAL = "gatun.plan.trial";

  /**
   * {@code true}: a sequence's results are the same bits whatever else is in a batch, at some cost
   * in speed.
   */
  public static final String DETERMINISTIC = "gatun.run.deterministic";

  /** How many layers of a model GPUs take, counted from its end; unset: as many as fit. */
  public static final String GPU_LAYERS = "gatun.plan.gpulayers";

  /** {@code false}: what {@code gatun tune} kept is not used. */
  public static final String TUNED = "gatun.plan.tuned";

  /** Address of the model hub; environment {@code HF_ENDPOINT}. */
  public static final String HUB = "gatun.hub.endpoint";

  /** Command that runs pip, words separated by spaces; environment {@code GATUN_PIP}. */
  public static final String PIP = "gatun.pip.command";

  /** Command that runs Maven, words separated by spaces; environment {@code GATUN_MVN}. */
  public static final String MAVEN = "gatun.mvn.command";

  /** Command that runs npm, words separated by spaces; environment {@code GATUN_NPM}. */
  public static final String NPM = "gatun.npm.command";

  /** File of NVIDIA's driver, instead of the system's; environment {@code GATUN_CUDA_LIBRARY}. */
  public static final String CUDA_LIBRARY = "gatun.cuda.library";

  /** File of NVML, instead of the driver's; environment {@code GATUN_NVML_LIBRARY}. */
  public static final String NVML_LIBRARY = "gatun.nvml.library";

  /**
   * Library with Metal's functions, instead of macOS's; environment {@code GATUN_METAL_LIBRARY}.
   */
  public static final String METAL_LIBRARY = "gatun.metal.library";

  /** Qualcomm's library for the NPU, and no other; environment {@code GATUN_QNN_LIBRARY}. */
  public static final String QNN_LIBRARY = "gatun.qnn.library";

  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry(HOME, "GATUN_HOME"),
          Map.entry(OFFLINE, "GATUN_OFFLINE"),
          Map.entry(THREADS, "GATUN_THREADS"),
          Map.entry(HUB, "HF_ENDPOINT"),
          Map.entry(PIP, "GATUN_PIP"),
          Map.entry(MAVEN, "GATUN_MVN"),
          Map.entry(NPM, "GATUN_NPM"),
          Map.entry(CUDA_LIBRARY, "GATUN_CUDA_LIBRARY"),
          Map.entry(NVML_LIBRARY, "GATUN_NVML_LIBRARY"),
          Map.entry(METAL_LIBRARY, "GATUN_METAL_LIBRARY"),
          Map.entry(QNN_LIBRARY, "GATUN_QNN_LIBRARY"));

  private final Map<String, String> overrides;
  private final Function<String, String> environment;

  Settings(Map<String, String> overrides, Function<String, String> environment) {
    this.overrides = Map.copyOf(overrides);
    this.environment = environment;
  }

  /** What this process was started with. */
  public static Settings ofProcess() {
    return new Settings(Map.of(), System::getenv);
  }

  /** A setting by its full name; empty when unset or blank. */
  public Optional<String> get(String name) {
    String value = overrides.get(name);
    if (value == null) {
      value = System.getProperty(name);
    }
    if (value == null && ENVIRONMENT.containsKey(name)) {
      value = environment.apply(ENVIRONMENT.get(name));
    }
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** All settings whose names start with gatun, wherever they were given. */
  public Map<String, String> gatunProperties() {
    Map<String, String> all = new TreeMap<>();
    ENVIRONMENT.keySet().forEach(name -> get(name).ifPresent(value -> all.put(name, value)));
    Properties system = System.getProperties();
    system.stringPropertyNames().stream()
        .filter(name -> name.startsWith("gatun."))
        .forEach(name -> all.put(name, system.getProperty(name)));
    all.putAll(overrides);
    return all;
  }

  /** An environment variable of this process; empty when unset or blank. */
  public Optional<String> environment(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(text -> !text.isBlank());
  }

  /** A setting that is true or false ({@code 1}, {@code 0}, {@code yes}, {@code no} too). */
  public boolean flag(String name, boolean unset) {
    return get(name)
        .map(text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "1", "yes", "on" -> true;
              case "false", "0", "no", "off" -> false;
              default -> throw bad(name, text, "true or false");
            })
        .orElse(unset);
  }

  /** A whole number with an optional suffix K, M, G or T (powers of 1024), at least 1. */
  public Optional<Long> number(String name) {
    return get(name).map(text -> parse(name, text));
  }

  /** Folder of Gatun's files, absolute; it need not exist yet. */
  public Path home() {
    Optional<String> set = get(HOME);
    try {
      return set.map(Path::of)
          .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".gatun"))
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException e) {
      throw bad(HOME, set.orElse(""), "a folder's path");
    }
  }

  public boolean offline() {
    return flag(OFFLINE, false);
  }

  private static long parse(String name, String text) {
    int suffix = "KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
    String digits = suffix < 0 ? text : text.substring(0, text.length() - 1).strip();
    try {
      long value = Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (suffix + 1)));
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw bad(name, text, "a whole number, K, M or G allowed");
    }
    throw bad(name, text, "at least 1");
  }

  private static GatunException bad(String name, String text, String wanted) {
    return new GatunException(
        GatunException.Kind.USAGE,
        "setting %s is '%s'; it must be %s".formatted(name, text, wanted));
  }
}
