package dev.gatun.runtime.store;

import dev.gatun.runtime.GatunRuntime;
import java.nio.file.Path;

/** A process of its own that pulls a model: arguments home and reference. */
public final class PullProcess {
  private PullProcess() {}

  public static void main(String[] arguments) {
    try (GatunRuntime runtime =
        GatunRuntime.builder()
            .discover(false)
            .threads(1)
            .memoryBudget(1)
            .home(Path.of(arguments[0]))
            .build()) {
      System.out.println(runtime.puller().pull(arguments[1], PullListener.NONE).digest());
    }
  }
}
