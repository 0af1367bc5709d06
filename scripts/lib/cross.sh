# Builds the C kernels of native/cpu for other platforms, with zig's C compiler, which comes as a package of PyPI and brings
# the C libraries of all systems along, and checks what came out. Needs: root, offline (yes or no).

gatun_platforms=(linux-x86_64 linux-aarch64 linux-x86_64-musl linux-aarch64-musl macos-x86_64 macos-aarch64
  windows-x86_64 windows-aarch64)

# Packages of PyPI: the compiler, and what reads the libraries of all systems.
gatun_cross_packages=(ziglang==0.17.0 lief==1.0.0)

# Has the packages under target/native-tools, and sets tools to that folder. Where they are not to be had, returns 1 and
# sets why.
gatun_cross_tools() {
  local stamp="${gatun_cross_packages[*]}"
  tools=$root/target/native-tools
  command -v cmake >/dev/null || { why="no CMake"; return 1; }
  [ "$(cat "$tools/stamp" 2>/dev/null)" = "$stamp" ] && return 0
  [ "$offline" = no ] || { why="offline, and $stamp are not here yet"; return 1; }
  python3 -m pip --version >/dev/null 2>&1 || { why="no pip to install $stamp with"; return 1; }
  rm -rf "$tools"
  mkdir -p "$tools"
  # As root, in a container, pip would warn of a folder of its own.
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install -q --disable-pip-version-check --only-binary=:all: --target "$tools" "${gatun_cross_packages[@]}" >&2 || {
    why="pip could not install $stamp"
    return 1
  }
  printf '#!/bin/sh\nexec "%s" ar "$@"\n' "$tools/ziglang/zig" >"$tools/ar"
  chmod +x "$tools/ar"
  echo "$stamp" >"$tools/stamp"
}

# Builds and checks one platform's library; leaves it in target/native/PLATFORM/native/PLATFORM, from where bindings/cpu takes it
# into the jar of that platform. Needs: tools.
gatun_cross() {
  local platform=$1 machine target system processor library work log output
  work=$root/target/native-cross/$platform
  log=$work.log
  output=$root/target/native/$platform/native/$platform
  machine=${platform#*-}
  machine=${machine%-musl}
  processor=$machine
  library=libgatun_cpu.so
  case "$platform" in
    # The oldest that still gets JDKs: RHEL 8's C library, macOS 11, Windows 10.
    linux-*-musl) system=Linux target=$machine-linux-musl ;;
    linux-*) system=Linux target=$machine-linux-gnu.2.28 ;;
    macos-*) system=Darwin target=$machine-macos.11.0 library=libgatun_cpu.dylib ;;
    windows-*) system=Windows target=$machine-windows-gnu library=gatun_cpu.dll ;;
  esac
  mkdir -p "$work"
  export ZIG_GLOBAL_CACHE_DIR=$root/target/native-cross/cache
  export ZIG_LOCAL_CACHE_DIR=$ZIG_GLOBAL_CACHE_DIR
  if ! { cmake -S "$root/native/cpu" -B "$work" -DCMAKE_TOOLCHAIN_FILE="$root/native/cpu/zig.cmake" \
    -DGATUN_ZIG="$tools/ziglang/zig" -DGATUN_AR="$tools/ar" -DGATUN_TARGET="$target" -DGATUN_SYSTEM="$system" \
    -DGATUN_PROCESSOR="$processor" && cmake --build "$work" --parallel 2; } >"$log" 2>&1; then
    grep -i -A3 "error" "$log" | head -20 >&2
    echo "$platform: did not build; the whole log is in ${log#"$root"/}" >&2
    return 1
  fi
  PYTHONPATH=$tools python3 "$root/scripts/lib/check-library.py" "$platform" "$work/$library" \
    "$root/native/cpu/include/gatun_cpu.h" || return 1
  mkdir -p "$output"
  cp "$work/$library" "$output/"
}
