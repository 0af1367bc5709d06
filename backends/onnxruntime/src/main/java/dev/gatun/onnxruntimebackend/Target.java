package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.EpDevice;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtOptions.Selection;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What runs the nodes of a session. */
sealed interface Target {
  /** The provider that every library has, and that takes what no other takes. */
  String CPU_PROVIDER = "CPUExecutionProvider";

  /** Tells the library, whose options are new. */
  void apply(OrtOptions options);

  /** The provider that all nodes must be on; empty when that is the library's choice. */
  Optional<String> provider();

  /** Whether all of the session is the library's own code for CPUs. */
  default boolean isCpu() {
    return provider().equals(Optional.of(CPU_PROVIDER));
  }

  /**
   * One device of one execution provider.
   *
   * @param settings the provider's own
   */
  record One(EpDevice device, Map<String, String> settings) implements Target {
    @Override
    public void apply(OrtOptions options) {
      if (!isCpu()) {
        options.provider(List.of(device), settings);
      }
    }

    @Override
    public Optional<String> provider() {
      return Optional.of(device.provider());
    }
  }

  /** Whatever the library selects among all that it knows. */
  record Selected(Selection policy) implements Target {
    /** Setting: the library's selection policy, which makes the device {@code AUTO}. */
    static final String SETTING = "gatun.onnxruntime.selection";

    /**
     * What the setting says.
     *
     * @throws BackendException when it names no policy
     */
    static Optional<Selected> of(ProbeContext context) {
      return context.property(SETTING).map(Selected::named);
    }

    private static Selected named(String name) {
      for (Selection policy : Selection.values()) {
        if (text(policy).equals(name)) {
          return new Selected(policy);
        }
      }
      List<String> known = Arrays.stream(Selection.values()).map(Selected::text).toList();
      throw new BackendException(
          "%s is '%s'; it takes %s".formatted(SETTING, name, String.join(", ", known)));
    }

    private static String text(Selection policy) {
      return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The policy as the setting names it. */
    String text() {
      return text(policy);
    }

    @Override
    public void apply(OrtOptions options) {
      options.select(policy);
    }

    @Override
    public Optional<String> provider() {
      return Optional.empty();
    }
  }
}
