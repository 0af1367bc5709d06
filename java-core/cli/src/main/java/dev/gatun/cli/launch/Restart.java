package dev.gatun.cli.launch;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.os.ProcessImage;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.detect.JavaLauncher;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jline.utils.Signals;

/**
 * Starts this program anew with the JVM flags that the backend {@code vector} needs, which {@code
 * java -jar} cannot give: it is in an incubator module. Only for a program in a single jar; {@code
 * scripts/gatun} and an image give the flags themselves.
 */
public final class Restart {
  /** Setting: {@code false} to stay in this JVM whatever happens. */
  public static final String SETTING = "gatun.cli.restart";

  private static final String VECTOR = "vector";
  private static final String MODULE = "jdk.incubator.vector";

  /** Commands that tell of every backend, or run on every one. */
  private static final Set<String> ABOUT_ALL = Set.of("doctor", "devices", "explain", "bench");

  /** Commands whose start matters most; they make the archive of classes. */
  private static final Set<String> GENERATING = Set.of("run", "chat");

  private final String jar;
  private final Path launcher;
  private final WatchedInput input;

  private Restart(String jar, Path launcher, WatchedInput input) {
    this.jar = jar;
    this.launcher = launcher;
    this.input = input;
  }

  /**
   * Empty where there is nothing to gain, or no way to do it. Standard input is watched from now.
   */
  public static Optional<Restart> possible() {
    String classes = System.getProperty("java.class.path", "");
    boolean singleJar =
        classes.endsWith(".jar") && !classes.contains(System.getProperty("path.separator"));
    if (!singleJar
        || ModuleLayer.boot().findModule(MODULE).isPresent()
        || System.getProperty(SETTING, "true").equals("false")) {
      return Optional.empty();
    }
    return JavaLauncher.find()
        .map(launcher -> {
          var input = new WatchedInput(System.in);
          System.setIn(input);
          return new Restart(classes, launcher, input);
        });
  }

  /** Whether a command line asks for {@code vector}, or for all backends, and this Java has it. */
  public boolean wantedBy(String... arguments) {
    return asks(arguments) && javaHasModule();
  }

  private static boolean javaHasModule() {
    return ModuleFinder.ofSystem().find(MODULE).isPresent();
  }

  private static boolean asks(String... arguments) {
    if (arguments.length > 0 && ABOUT_ALL.contains(arguments[0])) {
      return true;
    }
    for (int i = 0; i < arguments.length; i++) {
      String option = arguments[i].replaceFirst("=.*", "");
      if (option.equals("--backend") || option.equals("--backends") || option.equals("--prefer")) {
        boolean joined = option.length() < arguments[i].length();
        String value = joined ? arguments[i] : i + 1 < arguments.length ? arguments[i + 1] : "";
        if (value.contains(VECTOR) || value.endsWith("all")) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether a command that failed because nothing here can run its model may end otherwise with
   * {@code vector}. Not when a backend was required, nor when standard input was read: it would be
   * missing.
   */
  public boolean mayHelp(Exception failure) {
    return failure instanceof BackendUnavailableException unavailable
        && unavailable.id().isEmpty()
        && !input.wasRead()
        && javaHasModule();
  }

  /**
   * Does it: in the same process where the system can, else in a child that has this one's streams
   * and whose exit code this one takes.
   *
   * @return the exit code of the child
   */
  public int run(String... arguments) {
    boolean train = arguments.length > 0 && GENERATING.contains(arguments[0]);
    try (JvmFlags flags = JvmFlags.prepare().withArchive(Path.of(jar), train)) {
      List<String> command = new ArrayList<>();
      command.add(launcher.toString());
      command.addAll(flags.arguments());
      // What the user gave comes last, and so wins.
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(List.of("-D" + SETTING + "=false", "-cp", jar, "dev.gatun.cli.Main"));
      command.addAll(Arrays.asList(arguments));
      System.out.flush();
      System.err.flush();
      if (ProcessImage.canBeReplaced() && !flags.temporary()) {
        try {
          ProcessImage.replace(command);
        } catch (NativeCallException | IllegalCallerException e) {
          // As a child, then.
        }
      }
      return child(command);
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "Java does not start anew with the flags that the backend vector needs: "
              + e.getMessage()
              + "; start it yourself with --add-modules "
              + MODULE,
          e);
    }
  }

  private static int child(List<String> command) throws IOException {
    // A terminal sends Ctrl-C to both; what it means is the child's business.
    Object before = Signals.register("INT", () -> {});
    Process process = new ProcessBuilder(command).inheritIO().start();
    var hook = new Thread(() -> end(process));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(hook);
      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      return GatunException.Kind.FAILURE.exitCode();
    } finally {
      Signals.unregister("INT", before);
    }
  }

  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
