# Builds the C kernels of native/cpu for this machine when their sources have changed. Without CMake or
# a C compiler the build goes on: the backend `cpu` then says that its library is missing.
# Needs: root.

gatun_platform() {
  local machine libc=
  machine=$(uname -m)
  case "$machine" in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac
  case "$(uname -s)" in
    Darwin) echo "macos-$machine" ;;
    *)
      case "$(ldd --version 2>&1)" in *musl*) libc=-musl ;; esac
      echo "linux-$machine$libc"
      ;;
  esac
}

# Leaves the library in target/native/host/native/PLATFORM, from where bindings/cpu takes it into its jar.
gatun_build_native() {
  local work=$root/target/native-build output log=$root/target/native.log library
  output=$root/target/native/host/native/$(gatun_platform)
  if ! command -v cmake >/dev/null || ! command -v "${CC:-cc}" >/dev/null; then
    if [ ! -d "$output" ]; then
      echo "gatun: no CMake or no C compiler: building without the backend cpu (apt-get install cmake gcc)" >&2
    fi
    return 0
  fi
  mkdir -p "$root/target"
  if cmake -S "$root/native/cpu" -B "$work" -DCMAKE_BUILD_TYPE=Release >"$log" 2>&1 &&
    cmake --build "$work" --parallel 2 >>"$log" 2>&1; then
    mkdir -p "$output"
    for library in "$work"/libgatun_cpu.so "$work"/libgatun_cpu.dylib; do
      [ -f "$library" ] && { cmp -s "$library" "$output/${library##*/}" || cp "$library" "$output/"; }
    done
  else
    rm -rf "$output"
    echo "gatun: the C kernels did not compile: building without the backend cpu; the log is in target/native.log" >&2
  fi
  return 0
}

# Test only: the C kernels with arrays for AMX's registers, as target/native-amx/libgatun_cpu.so. Where they could not run,
# returns 1 and sets why.
gatun_build_emulated_amx() {
  local work=$root/target/native-amx log=$root/target/native-amx.log
  command -v cmake >/dev/null && command -v "${CC:-cc}" >/dev/null || { why="no CMake or no C compiler"; return 1; }
  grep -qs avx512_bf16 /proc/cpuinfo || { why="the rest of that set needs AVX-512 BF16"; return 1; }
  cmake -S "$root/native/cpu" -B "$work" -DGATUN_EMULATED_AMX=ON >"$log" 2>&1 &&
    cmake --build "$work" --parallel 2 >>"$log" 2>&1 || { why="it did not compile: target/native-amx.log"; return 1; }
}

# Test only: the emulated GPU and the stand-ins for vendors' libraries, in target/gpu-standin; then tests the GPU's kernels on it.
gatun_build_gpu_standin() {
  local work=$root/target/gpu-standin log=$root/target/gpu-standin.log
  if ! command -v cmake >/dev/null || ! command -v "${CXX:-c++}" >/dev/null; then
    echo "gatun: no CMake or no C++ compiler: the GPU's kernels are not tested (apt-get install cmake g++)" >&2
    return 0
  fi
  mkdir -p "$root/target"
  if ! { cmake -S "$root/native/gpu" -B "$work" && cmake --build "$work" --parallel 2; } >"$log" 2>&1; then
    tail -40 "$log" >&2
    return 1
  fi
  cmake --build "$work" --parallel 2 --target check >>"$log" 2>&1 || { tail -40 "$log" >&2; return 1; }
}
