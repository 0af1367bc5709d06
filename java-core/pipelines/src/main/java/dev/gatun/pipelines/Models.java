package dev.gatun.pipelines;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.ModelPuller;
import dev.gatun.runtime.store.ModelStore;
import dev.gatun.runtime.store.PullListener;

/** Finds models by name, brings them to this machine when they are not there, and loads them. */
public final class Models {
  private Models() {}

  /** The puller over a runtime's store. */
  public static ModelPuller puller(GatunRuntime runtime) {
    return new ModelPuller(new ModelStore(runtime.settings().home()), runtime.settings());
  }

  /**
   * Loads a model, which the caller closes before the runtime. Pulls it first when it is not on
   * this machine.
   *
   * @param name a name of the catalogue, of a stored model, or the path of a file
   * @throws dev.gatun.tensor.GatunException when there is no such model, it cannot be had, or
   *     nothing can run it
   */
  public static LanguageModel load(GatunRuntime runtime, String name, LoadOptions options) {
    LocatedModel located = puller(runtime).require(name, PullListener.NONE);
    return LanguageModel.load(runtime, located.path(), located.digest(), options);
  }
}
