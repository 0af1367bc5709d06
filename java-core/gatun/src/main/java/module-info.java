/** What an application depends on: the pipelines, and at run time the backends for any CPU. */
module dev.gatun {
  requires transitive dev.gatun.pipelines;
}
