package dev.gatun.runtime.selftest;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.SelfTest;
import java.util.List;
import java.util.Optional;

/** Backends whose self-tests end in every possible way; the child JVM makes them by name. */
public final class ChildProviders {
  private ChildProviders() {}

  /** A backend with a self-test that a subclass writes. */
  public abstract static class Base implements BackendProvider, SelfTest {
    /** How often this JVM, not a child, ran the self-test. */
    public int runsHere;

    public int probes;

    @Override
    public String id() {
      return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Optional<SelfTest> selfTest() {
      return Optional.of(this);
    }

    @Override
    public Finding present(ProbeContext context) {
      return Finding.good(Stage.PRESENT, "there");
    }

    @Override
    public String digest(ProbeContext context) {
      return context.property("gatun.test.digest").orElse("1");
    }

    @Override
    public Finding run(ProbeContext context) {
      runsHere++;
      return test(context);
    }

    abstract Finding test(ProbeContext context);

    @Override
    public Probe probe(ProbeContext context) {
      probes++;
      return new Probe(id(), List.of(Finding.good(Stage.ABLE, "opened")), List.of());
    }

    @Override
    public List<RuntimeRequirement> runtimes() {
      return List.of();
    }
  }

  /** Passes and tells which process it ran in. */
  public static final class Sound extends Base {
    @Override
    Finding test(ProbeContext context) {
      System.out.println("a driver's chatter");
      return Finding.good(
          Stage.ABLE,
          "process %d, %d threads, setting %s"
              .formatted(
                  ProcessHandle.current().pid(),
                  context.threads(),
                  context.property("gatun.test.setting").orElse("unset")));
    }
  }

  /** Has no vendor's code; passes when a setting says so. */
  public static final class Own extends Base {
    @Override
    public boolean mayCrash() {
      return false;
    }

    @Override
    Finding test(ProbeContext context) {
      return context.property("gatun.test.setting").equals(Optional.of("good"))
          ? Finding.good(Stage.ABLE, "passed")
          : Finding.bad(Stage.ABLE, "failed", "set it");
    }
  }

  /** Ends the JVM like a crash in native code. */
  public static final class Crashing extends Base {
    @Override
    Finding test(ProbeContext context) {
      System.err.println("segmentation fault in libdriver");
      Runtime.getRuntime().halt(134);
      return Finding.good(Stage.ABLE, "never");
    }
  }

  /** Ends the JVM as if all were well, without a result. */
  public static final class Vanishing extends Base {
    @Override
    Finding test(ProbeContext context) {
      Runtime.getRuntime().halt(0);
      return Finding.good(Stage.ABLE, "never");
    }
  }

  /** Never ends. */
  public static final class Hanging extends Base {
    @Override
    Finding test(ProbeContext context) {
      try {
        Thread.sleep(600_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Finding.good(Stage.ABLE, "never");
    }
  }

  /** Fails as a missing library does. */
  public static final class Unlinked extends Base {
    @Override
    Finding test(ProbeContext context) {
      throw new UnsatisfiedLinkError("no libdriver.so.1");
    }
  }

  /** Fails as a device does. */
  public static final class Refusing extends Base {
    @Override
    Finding test(ProbeContext context) {
      throw new BackendException("status 46");
    }
  }

  /** Is not there, so that nothing is tested. */
  public static final class Absent extends Base {
    @Override
    public Finding present(ProbeContext context) {
      return Finding.bad(Stage.PRESENT, "no driver", "install one");
    }

    @Override
    Finding test(ProbeContext context) {
      throw new AssertionError("tested although absent");
    }
  }
}
