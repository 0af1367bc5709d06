/** Native memory and the operating system. */
module dev.gatun.os {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.os;
}
