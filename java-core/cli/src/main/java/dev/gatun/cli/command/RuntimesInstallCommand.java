package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.ProgressBar;
import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.install.InstallListener;
import dev.gatun.runtime.install.InstalledRuntime;
import dev.gatun.runtime.install.RuntimeInstaller;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Installs runtimes. */
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description = "Installs runtimes; `gatun runtimes list` names them.")
public final class RuntimesInstallCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of runtimes.")
  private List<String> names;

  @Option(
      names = "--platform",
      paramLabel = "PLATFORM",
      description = "For another machine: linux-aarch64, windows-aarch64, … (this one).")
  private String platform = HostPlatform.current();

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Take this downloaded wheel or jar; may be repeated. Needs no network.")
  private List<Path> from = List.of();

  @Option(names = "--accept-licence", description = "Accept the vendors' licences that are shown.")
  private boolean acceptLicence;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    var listener = new Listener(output);
    List<Map<String, Object>> done = new ArrayList<>();
    try (GatunRuntime runtime = runtimeOptions.open()) {
      for (String name : names) {
        RuntimeInstaller.Result result = runtime.runtimes().install(name, platform, from, listener);
        listener.finish();
        InstalledRuntime installed = result.runtime();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("version", installed.version());
        members.put("platform", installed.platform());
        members.put("folder", installed.folder().toString());
        members.put("bytes", installed.size());
        members.put("fresh", result.fresh());
        done.add(members);
        if (!json) {
          output.line(
              "%s %s for %s %s: %s, %d files in %s"
                  .formatted(
                      name,
                      installed.version(),
                      installed.platform(),
                      result.fresh() ? "installed" : "was installed",
                      Units.bytes(installed.size()),
                      installed.files().size(),
                      installed.folder()));
        }
      }
      if (json) {
        output.line(Json.document("runtimes-install", 1, Map.of("installed", done)));
      }
      return 0;
    } finally {
      listener.finish();
    }
  }

  /** Shows progress and licences; asks where there is a terminal. */
  private final class Listener implements InstallListener {
    private final Output output;
    private ProgressBar bar;

    Listener(Output output) {
      this.output = output;
    }

    @Override
    public void message(String text) {
      finish();
      output.note("gatun: " + text);
    }

    @Override
    public void progress(String archive, long done, long total) {
      if (bar == null) {
        bar = new ProgressBar(System.err, Output.isTerminal(), archive);
      }
      bar.update(done, Math.max(0, total));
    }

    @Override
    public boolean accepts(RuntimeRequirement requirement) {
      finish();
      output.note(
          "gatun: %s is under its vendor's licence: %s%n       %s"
              .formatted(
                  requirement.name(),
                  requirement.licence().name(),
                  requirement.licence().address()));
      if (acceptLicence) {
        output.note("gatun: accepted by --accept-licence");
        return true;
      }
      if (!Output.isTerminal()) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "read the licence of %s, and say --accept-licence if you accept it"
                .formatted(requirement.name()));
      }
      String answer = System.console().readLine("Do you accept it? [y/N] ");
      return answer != null
          && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    void finish() {
      if (bar != null) {
        bar.finish();
        bar = null;
      }
    }
  }
}
