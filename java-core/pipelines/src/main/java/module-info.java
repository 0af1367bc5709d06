/** The public API: what a user calls to run a model. */
module dev.gatun.pipelines {
  requires transitive dev.gatun.models;
  requires transitive dev.gatun.runtime;
  requires transitive dev.gatun.formats;

  exports dev.gatun.pipelines;
}
