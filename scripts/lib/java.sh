# The JVM flags and module path that Gatun is started with. Sets java_flags and modules. Needs: root.

gatun_java_flags() {
  # Java reads arguments in the locale's encoding: without one, all but ASCII would be lost.
  case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
    '' | C | POSIX) export LC_ALL=C.UTF-8 ;;
  esac
  modules=$root/java-core/cli/target/modules
  java_flags=(--add-modules jdk.incubator.vector --enable-native-access=dev.gatun.ffi,dev.gatun.os,dev.gatun.cpu,dev.gatun.onnxruntime,dev.gatun.openvino,ALL-UNNAMED)
  java_flags+=(-XX:+UseSerialGC -XX:-UsePerfData -Xms64m -Xmx1g)
  # Vector code is slow until C2 has compiled it: ten calls and C2 does so, at once, while the caller
  # waits. The largest kernels get no C1 version before; those of decode (dotRows) do, because C2
  # takes their constants out of the loop only when it has C1's profile: else they run at two thirds of
  # the speed. So calls count and rounds of loops do not (Tier4CompileThreshold): a method that its
  # loops made hot passes for profiled with what little the interpreter noted. Nor does C2 replace
  # loops on the stack: each would be compiled twice. All other code waits for C2 longer than usual, so
  # that the kernels come first.
  java_flags+=(-XX:CompileCommand=quiet)
  java_flags+=("-XX:CompileCommand=CompileThresholdScaling,dev.gatun.vector.*::*,0.0007")
  # What calls the kernels of `cpu` for each row would wait too long.
  java_flags+=("-XX:CompileCommand=CompileThresholdScaling,dev.gatun.cpuengine.step.*::*,0.02")
  java_flags+=(-XX:Tier4InvocationThreshold=15000 -XX:Tier4MinInvocationThreshold=1800)
  java_flags+=(-XX:Tier4CompileThreshold=4500000 -XX:Tier4BackEdgeThreshold=2000000000)
  java_flags+=(-XX:+UnlockDiagnosticVMOptions "-XX:CompilerDirectivesFile=$root/scripts/lib/vector.json")
  # The JVM announces on standard output that it has read the directives.
  java_flags+=(-XX:-DisplayVMOutput)
  # Some Xeons are held to 256-bit vectors unless told otherwise; the flag exists on x86-64 alone.
  if grep -qs '^flags.*avx512f.*avx512bw\|^flags.*avx512bw.*avx512f' /proc/cpuinfo; then
    java_flags+=(-XX:UseAVX=3)
  fi
}
