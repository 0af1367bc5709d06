# Makes the executable jars. Needs: root, offline and accept (yes or no), JAVA_HOME, java_flags, modules, tools; a build, lib/cross.sh.

gatun_package_platforms=(linux-x86_64 linux-aarch64 macos-aarch64 windows-x86_64 windows-aarch64)

# Whose native runtime is inside besides our kernels.
gatun_flavours=(plain onnxruntime openvino cuda13)

# Those whose vendor's licence must be accepted by whoever gives the jar away.
gatun_licensed_flavours=(cuda13)

# Ends the script unless a word is one of those that are known.
gatun_known() {
  local what=$1 word=$2
  shift 2
  [[ " $* " == *" $word "* ]] || { echo "scripts/package: unknown $what $word (known: $*)" >&2; exit 2; }
}

gatun_version() {
  basename "$modules"/gatun-cli-*.jar .jar | sed 's/^gatun-cli-//'
}

gatun_jar_name() {
  local suffix=
  [ "$2" = plain ] || suffix=-$2
  echo "gatun-$(gatun_version)-$1$suffix.jar"
}

# Where backends look for a vendor's libraries in a jar.
gatun_onnxruntime_folder() {
  case "$1" in
    linux-x86_64) echo ai/onnxruntime/native/linux-x64 ;;
    linux-aarch64) echo ai/onnxruntime/native/linux-aarch64 ;;
    macos-aarch64) echo ai/onnxruntime/native/osx-aarch64 ;;
    windows-x86_64) echo ai/onnxruntime/native/win-x64 ;;
  esac
}

# Has a vendor's runtime for a platform, pinned as `gatun runtimes install` pins it; sets runtime to its folder.
gatun_vendor_runtime() {
  local name=$1 platform=$2 home=$root/target/package/vendor found flags=()
  [ "$accept" = no ] || flags+=(--accept-licence)
  found=$(compgen -G "$home/runtimes/$name/*/$platform/runtime.json" || true)
  if [ -z "$found" ]; then
    [ "$offline" = no ] || flags+=(--offline)
    "$JAVA_HOME/bin/java" "${java_flags[@]}" -p "$modules" -m dev.gatun.cli/dev.gatun.cli.Main \
      runtimes install "$name" --platform "$platform" --home "$home" "${flags[@]}" >&2
    found=$(compgen -G "$home/runtimes/$name/*/$platform/runtime.json")
  fi
  runtime=$(dirname "$found")
}

# Whether there is such a jar. The one ONNX Runtime for Windows on Arm needs DirectML beside it, whose licence is another one:
# there a user installs it (`gatun runtimes install onnxruntime`).
gatun_has_flavour() {
  case "$1-$2" in
    windows-aarch64-onnxruntime | windows-aarch64-openvino | windows-aarch64-cuda13 | macos-*-cuda13) return 1 ;;
  esac
}

# Makes one jar, twice, compares the two, and inspects it.
gatun_fat_jar() {
  local platform=$1 flavour=$2 jars=$root/target/package/jars output again library arguments runtime
  output=$root/target/package/$(gatun_jar_name "$platform" "$flavour")
  again=$root/target/package/again.jar
  rm -rf "$jars"
  mkdir -p "$jars"
  cp "$modules"/*.jar "$jars/"
  # Its native libraries are the flavour's business, and its Java classes nobody's.
  rm "$jars"/onnxruntime-*.jar
  arguments=(--version "$(gatun_version)" --platform "$platform" --flavour "$flavour" --jars "$jars")
  for library in "$root/target/native-cross/$platform"/*gatun_cpu.{so,dylib,dll}; do
    [ -f "$library" ] && arguments+=(--native "native/$platform=$library")
  done
  if [ "$flavour" = onnxruntime ]; then
    gatun_vendor_runtime onnxruntime "$platform"
    for library in "$runtime"/*onnxruntime*.{so,dylib,dll}; do
      # Not the library of its Java classes.
      [[ $library == *onnxruntime4j* || ! -f $library ]] ||
        arguments+=(--native "$(gatun_onnxruntime_folder "$platform")=$library")
    done
    arguments+=(--notice "onnxruntime-$(basename "$(dirname "$runtime")")=")
  fi
  case "$flavour" in
    openvino | cuda13)
      gatun_vendor_runtime "${flavour%13}" "$platform"
      arguments+=(--runtime "${flavour%13}=$runtime")
      ;;
  esac
  python3 "$root/scripts/lib/package/fat_jar.py" "${arguments[@]}" "$output"
  python3 "$root/scripts/lib/package/fat_jar.py" "${arguments[@]}" "$again"
  cmp "$output" "$again" || { echo "$output: the same input gave other bytes" >&2; return 1; }
  rm "$again"
  PYTHONPATH=$tools python3 "$root/scripts/lib/package/inspect_jar.py" "$output"
}
