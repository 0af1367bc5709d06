package dev.gatun.pipelines;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;

/** Loads models by name; brings them to this machine when they are not there. */
public final class Models {
  private Models() {}

  /**
   * Loads a model, which the caller closes before the runtime. Pulls it first when it is not on
   * this machine.
   *
   * @param name a name of the catalogue, of a stored model, or the path of a file
   * @throws dev.gatun.tensor.GatunException when there is no such model, it cannot be had, or
   *     nothing can run it
   */
  public static LanguageModel load(GatunRuntime runtime, String name, LoadOptions options) {
    LocatedModel located = runtime.puller().require(name, PullListener.NONE);
    return LanguageModel.load(runtime, located.path(), located.digest(), options);
  }
}
