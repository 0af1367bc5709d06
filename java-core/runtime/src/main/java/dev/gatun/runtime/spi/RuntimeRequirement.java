package dev.gatun.runtime.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A vendor's library set that a backend needs or can use: what it is, where each platform's package
 * is, and how a copy of the user's own is found. Says only; {@code gatun runtimes install} carries
 * it out, and {@link ProbeContext#runtimes} looks.
 *
 * @param name what the user calls it: {@code onnxruntime}, {@code onnxruntime-gpu}, {@code
 *     openvino}
 * @param version the pinned version
 * @param description one line for people
 * @param packages by platform ({@code linux-x86_64}, {@code windows-aarch64}, …): the archives
 *     whose members together make the runtime; a platform without an entry has none
 * @param own how the user's own copy is found
 */
public record RuntimeRequirement(
    String name,
    String version,
    String description,
    Licence licence,
    Map<String, List<Part>> packages,
    Own own) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9._+-]*");

  /**
   * @throws IllegalArgumentException when name or version cannot name a folder
   */
  public RuntimeRequirement {
    packages = Map.copyOf(packages);
    if (!NAME.matcher(name).matches() || !VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException("not a runtime: '%s' '%s'".formatted(name, version));
    }
  }

  /**
   * A vendor's licence.
   *
   * @param name an SPDX expression or the vendor's own name for it
   * @param address where its text is, in the package or on the web
   * @param accept whether the user must accept it before anything is fetched
   */
  public record Licence(String name, String address, boolean accept) {}

  /**
   * Files out of one archive.
   *
   * @param members glob patterns over names in the archive, such as {@code openvino/libs/*}; what
   *     matches lies side by side in the runtime's folder, under its own last name
   */
  public record Part(PackageFile archive, List<String> members) {
    public Part {
      members = List.copyOf(members);
    }
  }

  /**
   * How copies that Gatun did not install are found.
   *
   * @param environment variables that name a folder: {@code ORT_HOME}
   * @param folders where libraries lie below it, {@code ""} for itself
   * @param libraries by operating system ({@code linux}, {@code macos}, {@code windows}): file
   *     names of the library to load, best first; {@code *} stands for a version
   * @param oldest the oldest version that can be used; empty when only the library itself can tell
   */
  public record Own(
      List<String> environment,
      List<String> folders,
      Map<String, List<String>> libraries,
      Optional<String> oldest) {
    public Own {
      environment = List.copyOf(environment);
      folders = List.copyOf(folders);
      libraries = Map.copyOf(libraries);
    }
  }

  /** The command that installs it, for remedies. */
  public String installCommand() {
    return "gatun runtimes install " + name;
  }
}
