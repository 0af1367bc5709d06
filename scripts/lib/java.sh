# The JVM flags and module path that Gatun is started with. Sets java_flags and modules. Needs: root.

gatun_java_flags() {
  local shared=$root/java-core/cli/src/main/resources/dev/gatun/cli/launch
  # Java reads arguments in the locale's encoding: without one, all but ASCII would be lost.
  case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
    '' | C | POSIX) export LC_ALL=C.UTF-8 ;;
  esac
  modules=$root/java-core/cli/target/modules
  java_flags=("@$shared/jvm.flags" "-XX:CompilerDirectivesFile=$shared/vector-compiler.json")
  java_flags+=(--enable-native-access=dev.gatun.ffi,dev.gatun.os,dev.gatun.cpu,dev.gatun.onnxruntime,dev.gatun.openvino,dev.gatun.qnn,dev.gatun.cuda,dev.gatun.metal,ALL-UNNAMED)
  # Some Xeons are held to 256-bit vectors unless told otherwise; the flag exists on x86-64 alone.
  if grep -qs '^flags.*avx512f.*avx512bw\|^flags.*avx512bw.*avx512f' /proc/cpuinfo; then
    java_flags+=(-XX:UseAVX=3)
  fi
}
