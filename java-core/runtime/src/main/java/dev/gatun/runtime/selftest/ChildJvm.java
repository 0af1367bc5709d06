package dev.gatun.runtime.selftest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command line of a child JVM that sees the same modules and classes as this one. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * @param provider whose class or module the child must see
   * @param options further options of the JVM
   * @param properties system properties of the child
   */
  static List<String> command(
      Path launcher,
      Class<?> provider,
      Path folder,
      List<String> options,
      Map<String, String> properties,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.add("-Xmx256m");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    path("jdk.module.path").ifPresent(path -> command.addAll(List.of("--module-path", path)));
    path("java.class.path").ifPresent(path -> command.addAll(List.of("--class-path", path)));
    Module own = SelfTestMain.class.getModule();
    Module theirs = provider.getModule();
    if (theirs.isNamed()) {
      command.addAll(List.of("--add-modules", theirs.getName()));
    }
    command.add("--enable-native-access=" + (theirs.isNamed() ? theirs.getName() : "ALL-UNNAMED"));
    command.addAll(options);
    if (own.isNamed()) {
      command.add("--module");
      command.add(own.getName() + "/" + SelfTestMain.class.getName());
    } else {
      command.add(SelfTestMain.class.getName());
    }
    command.addAll(arguments);
    return command;
  }

  private static Optional<String> path(String property) {
    return Optional.ofNullable(System.getProperty(property)).filter(path -> !path.isBlank());
  }
}
