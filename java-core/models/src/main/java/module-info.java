/** See README.md of this module. */
module dev.gatun.models {
  requires transitive dev.gatun.graph;
}
