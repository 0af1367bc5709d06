#!/bin/sh
# Starts gatun from its image.
set -eu
file=$0
while [ -L "$file" ]; do
  link=$(readlink "$file")
  case "$link" in /*) file=$link ;; *) file=$(dirname "$file")/$link ;; esac
done
image=$(cd "$(dirname "$file")/.." && pwd)
# Java reads arguments in the locale's encoding: without one, all but ASCII would be lost.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  '' | C | POSIX) export LC_ALL=C.UTF-8 ;;
esac
# Some Xeons are held to 256-bit vectors unless told otherwise; the flag exists on x86-64 alone.
if grep -qs '^flags.*avx512f.*avx512bw\|^flags.*avx512bw.*avx512f' /proc/cpuinfo; then
  set -- -XX:UseAVX=3 -m dev.gatun.cli/dev.gatun.cli.Main "$@"
else
  set -- -m dev.gatun.cli/dev.gatun.cli.Main "$@"
fi
# An archive that does not fit is left aside, in silence.
exec "$image/runtime/bin/java" "@$image/lib/jvm.flags" -XX:CompilerDirectivesFile="$image/lib/vector-compiler.json" \
  -XX:SharedArchiveFile="$image/lib/gatun.jsa" -Xlog:aot=off -Xlog:cds=off \
  --enable-native-access=dev.gatun.ffi,dev.gatun.os,dev.gatun.cpu,dev.gatun.onnxruntime,dev.gatun.openvino,dev.gatun.qnn,dev.gatun.cuda,dev.gatun.metal \
  -Dgatun.native.dir="$image/lib/natives" "$@"
