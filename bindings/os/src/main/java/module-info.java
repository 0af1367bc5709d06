/** Native memory and the operating system. */
module dev.gatun.os {
  requires transitive dev.gatun.tensor;

  exports dev.gatun.os;
}
