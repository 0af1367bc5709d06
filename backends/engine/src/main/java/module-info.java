/** What the engines share: sizes, places of values, batches, tables of the paged cache. */
module dev.gatun.engine {
  requires transitive dev.gatun.runtime;

  exports dev.gatun.engine.batch;
  exports dev.gatun.engine.compiled;
  exports dev.gatun.engine.finish;
  exports dev.gatun.engine.memory;
  exports dev.gatun.engine.size;
  exports dev.gatun.engine.state;
}
