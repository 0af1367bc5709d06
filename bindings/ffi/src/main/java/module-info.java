/** What bindings of native libraries share: finding them, owning what they give, reading text. */
module dev.gatun.ffi {
  requires transitive dev.gatun.tensor;

  exports dev.gatun.ffi;
}
