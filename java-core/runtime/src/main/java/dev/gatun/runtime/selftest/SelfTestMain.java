package dev.gatun.runtime.selftest;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.SelfTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Main class of the child JVM: runs one provider's self-test and writes its finding to a file.
 * Arguments: the provider's class, the file, the number of threads, the memory budget. An exit code
 * of 0 means that the file holds a finding.
 */
public final class SelfTestMain {
  private SelfTestMain() {}

  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    BackendProvider provider = provider(arguments[0]);
    Path result = Path.of(arguments[1]);
    ChildContext context =
        new ChildContext(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
    ChildResult.of(test(provider.selfTest().orElseThrow(), context)).write(result);
    // A driver's threads must not keep the child alive.
    Runtime.getRuntime().halt(0);
  }

  /** Runs a self-test in this JVM. */
  static Finding test(SelfTest selfTest, dev.gatun.runtime.spi.ProbeContext context) {
    try {
      return selfTest.run(context);
    } catch (LinkageError | BackendException e) {
      return Finding.bad(
          Finding.Stage.ABLE, e.getClass().getSimpleName() + ": " + e.getMessage(), "", e);
    }
  }

  private static BackendProvider provider(String type) throws ReflectiveOperationException {
    var declared =
        ServiceLoader.load(BackendProvider.class).stream()
            .filter(candidate -> candidate.type().getName().equals(type))
            .findFirst();
    if (declared.isPresent()) {
      return declared.get().get();
    }
    return Class.forName(type)
        .asSubclass(BackendProvider.class)
        .getDeclaredConstructor()
        .newInstance();
  }
}
