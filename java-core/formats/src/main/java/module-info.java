/** See README.md of this module. */
module dev.gatun.formats {
  requires transitive dev.gatun.graph;
}
