package dev.gatun.runtime.spi;

import java.util.regex.Pattern;

/**
 * One archive of a package registry, pinned: a wheel, a jar, an npm package.
 *
 * @param name the package: a Python project, {@code group:artifact}, an npm name
 * @param sha256 digest of the archive, in lower-case hexadecimal: no other is accepted
 * @param tag which of the package's archives. For pip, a wheel's tag such as {@code
 *     cp311-cp311-manylinux_2_28_x86_64}, empty for one that fits every machine; for Maven, a
 *     classifier or empty; empty for npm
 */
public record PackageFile(
    PackageClient client, String name, String version, String sha256, String tag) {
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern TAG = Pattern.compile("|[A-Za-z0-9_]+-[A-Za-z0-9_]+-[A-Za-z0-9_.]+");
  private static final Pattern PYTHON = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern MAVEN =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*:[A-Za-z0-9_][A-Za-z0-9._-]*");
  private static final Pattern NPM =
      Pattern.compile("(@[a-z0-9~][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*");

  /**
   * @throws IllegalArgumentException when a part is not what its client calls so: parts become
   *     arguments of a command
   */
  public PackageFile {
    boolean sound =
        VERSION.matcher(version).matches()
            && SHA256.matcher(sha256).matches()
            && switch (client) {
              case PIP -> PYTHON.matcher(name).matches() && TAG.matcher(tag).matches();
              case MAVEN ->
                  MAVEN.matcher(name).matches()
                      && (tag.isEmpty() || VERSION.matcher(tag).matches());
              case NPM -> NPM.matcher(name).matches() && tag.isEmpty();
            };
    if (!sound) {
      throw new IllegalArgumentException(
          "not a pinned package of %s: '%s' '%s' '%s' '%s'"
              .formatted(client.command(), name, version, sha256, tag));
    }
  }

  /** A package whose one archive fits every machine. */
  public static PackageFile of(PackageClient client, String name, String version, String sha256) {
    return new PackageFile(client, name, version, sha256, "");
  }

  /** For people: {@code pip magika 1.0.3}. */
  public String describe() {
    return client.command() + " " + name + " " + version;
  }
}
