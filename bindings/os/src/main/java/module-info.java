/** Native memory and the operating system. */
module dev.gatun.os {
  exports dev.gatun.os;
}
