/** Metal through the Objective-C runtime. */
module dev.gatun.metal {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.metal;
}
