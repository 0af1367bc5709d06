package dev.gatun.qnnbackend;

import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnPower;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a user can decide; see the README. */
record QnnSettings(ProbeContext context) {
  /** The file of the NPU's library ({@code libQnnHtp.so}), instead of one that is found. */
  static final String LIBRARY = Settings.QNN_LIBRARY;

  /** What floating-point numbers are: {@code f16}, or {@code f32} where the library takes it. */
  static final String PRECISION = "gatun.qnn.precision";

  /** Tokens of a block of a prompt. */
  static final String BLOCK = "gatun.qnn.block";

  /** {@code off}: compiled graphs are not kept. */
  static final String CACHE = "gatun.qnn.cache";

  /** The NPU's clocks while sessions are open: {@code burst}, {@code balanced}, {@code saver}. */
  static final String POWER = "gatun.qnn.power";

  /**
   * Where inputs and outputs of a run lie: {@code own} memory, which the library copies, or memory
   * {@code shared} with the NPU.
   */
  static final String MEMORY = "gatun.qnn.memory";

  private static final String OWN_CHOICE = "auto";

  private static final Map<String, String> STANDARD =
      Map.of(PRECISION, "f16", BLOCK, "128", CACHE, "on", POWER, OWN_CHOICE, MEMORY, "own");

  Elements floats() {
    return get(PRECISION).equals("f32") ? Elements.F32 : Elements.F16;
  }

  int block() {
    return Integer.parseInt(get(BLOCK));
  }

  boolean cache() {
    return get(CACHE).equals("on");
  }

  /** Empty: the NPU chooses its clocks. */
  Optional<QnnPower.Profile> power() {
    return get(POWER).equals(OWN_CHOICE)
        ? Optional.empty()
        : Optional.of(QnnPower.Profile.valueOf(get(POWER).toUpperCase(Locale.ROOT)));
  }

  boolean sharesMemory() {
    return get(MEMORY).equals("shared");
  }

  private String get(String name) {
    return context.property(name).orElse(STANDARD.get(name));
  }

  /** What is wrong with the settings; empty when nothing is. */
  Optional<String> problem() {
    return wrong(PRECISION, "f16|f32", "f16 or f32")
        .or(() -> wrong(BLOCK, "[1-9][0-9]{0,3}", "a number of tokens below 10000"))
        .or(() -> wrong(CACHE, "on|off", "on or off"))
        .or(() -> wrong(MEMORY, "own|shared", "own or shared"))
        .or(() -> wrong(POWER, "auto|burst|balanced|saver", "auto, burst, balanced or saver"));
  }

  private Optional<String> wrong(String name, String pattern, String words) {
    return get(name).matches(pattern)
        ? Optional.empty()
        : Optional.of("%s is '%s', not %s".formatted(name, get(name), words));
  }
}
