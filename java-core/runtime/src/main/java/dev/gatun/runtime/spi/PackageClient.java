package dev.gatun.runtime.spi;

import java.util.Arrays;
import java.util.Optional;

/**
 * A package client that people have on their machines. Gatun fetches vendors' packages through it,
 * so that mirrors, proxies and caches that it knows are used.
 */
public enum PackageClient {
  /** Python's; packages are wheels. */
  PIP("pip"),
  /** Maven; packages are jars, named {@code group:artifact}. */
  MAVEN("mvn"),
  /** Node's; packages are compressed tar files. */
  NPM("npm");

  private final String command;

  PackageClient(String command) {
    this.command = command;
  }

  /** The command that people know it by. */
  public String command() {
    return command;
  }

  /** The client of a command. */
  public static Optional<PackageClient> of(String command) {
    return Arrays.stream(values()).filter(client -> client.command.equals(command)).findFirst();
  }
}
