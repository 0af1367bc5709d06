package dev.gatun.runtime;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BlockEncoder;
import dev.gatun.runtime.spi.BlockEncoderProvider;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Encoders of blocks with a backend's kernels, as found on the module path and the class path.
 *
 * @param encoder the first that this machine can run; empty for the encoders in Java
 * @param failures why others are not used, one sentence each
 */
public record BlockEncoders(Optional<BlockEncoder> encoder, List<String> failures) {
  /**
   * Setting: {@code java} for the encoders in Java, a backend's id for its kernels; by default
   * kernels where they are.
   */
  public static final String SETTING = "gatun.quantize.encoder";

  private static final String JAVA = "java";

  public BlockEncoders {
    failures = List.copyOf(failures);
  }

  /**
   * Looks for encoders.
   *
   * @throws GatunException when the setting names kernels that are not to be had
   */
  public static BlockEncoders find(Settings settings) {
    Optional<String> wanted = settings.get(SETTING);
    if (wanted.equals(Optional.of(JAVA))) {
      return new BlockEncoders(Optional.empty(), List.of(SETTING + " is " + JAVA));
    }
    List<String> failures = new ArrayList<>();
    Iterator<ServiceLoader.Provider<BlockEncoderProvider>> found =
        ServiceLoader.load(
                BlockEncoderProvider.class, ProviderDiscovery.loader(BlockEncoderProvider.class))
            .stream()
            .iterator();
    while (ProviderDiscovery.hasNext(found, failures)) {
      try {
        BlockEncoderProvider provider = found.next().get();
        if (wanted.isEmpty() || wanted.get().equals(provider.id())) {
          return new BlockEncoders(Optional.of(provider.open(settings)), failures);
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        failures.add(ProviderDiscovery.describe(e));
      } catch (BackendException e) {
        failures.add(e.getMessage());
      }
    }
    if (wanted.isPresent()) {
      throw new GatunException(
          GatunException.Kind.BACKEND_UNAVAILABLE,
          "setting %s is '%s', and there are no such encoders: %s; set it to java, or leave it out"
              .formatted(
                  SETTING,
                  wanted.get(),
                  failures.isEmpty() ? "no backend has them" : String.join("; ", failures)));
    }
    return new BlockEncoders(Optional.empty(), failures);
  }
}
