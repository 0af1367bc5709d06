/** See README.md of this module. */
module dev.gatun.models {
  requires transitive dev.gatun.graph;

  exports dev.gatun.models.chat;
  exports dev.gatun.models.jinja;
  exports dev.gatun.models.arch;
  exports dev.gatun.models.eval;
  exports dev.gatun.models.lora;
  exports dev.gatun.models.tokenizer;
  exports dev.gatun.models.sampling;
}
