# Makes an application of the image (lib/package/image.sh) by jpackage: a folder that starts anywhere, and an installer where the
# tools for one are. Needs: root, JAVA_HOME; the image of this run, lib/package/jars.sh.

gatun_app() {
  local platform image version work flag kind options=()
  platform=$(gatun_platform)
  image=$root/target/package/gatun-$(gatun_version)-$platform
  version=$(gatun_version)
  # Installers know numbers only.
  version=${version%-SNAPSHOT}
  work=$root/target/package/app
  rm -rf "$work"
  mkdir -p "$work"
  while read -r flag; do
    [[ -z $flag || $flag == \#* ]] || options+=(--java-options "$flag")
  done <"$image/lib/jvm.flags"
  # Beside the program's folder on every system; libraries are files there, where a signing tool finds them.
  for flag in '-XX:CompilerDirectivesFile=$APPDIR/../vector-compiler.json' '-Dgatun.native.dir=$APPDIR/../natives' \
    --enable-native-access=ALL-UNNAMED,dev.gatun.ffi,dev.gatun.os,dev.gatun.cpu,dev.gatun.onnxruntime,dev.gatun.openvino,dev.gatun.qnn,dev.gatun.cuda,dev.gatun.metal; do
    options+=(--java-options "$flag")
  done
  "$JAVA_HOME/bin/jpackage" --type app-image --name gatun --app-version "$version" --dest "$work" \
    --runtime-image "$image/runtime" --module dev.gatun.cli/dev.gatun.cli.Main "${options[@]}" \
    --app-content "$image/lib/natives,$image/lib/vector-compiler.json,$image/NOTICE,$image/licenses"
  # A package of the system's: whatever of these it has tools for.
  for kind in $(gatun_app_kinds); do
    "$JAVA_HOME/bin/jpackage" --type "$kind" --name gatun --app-version "$version" --dest "$root/target/package" \
      --app-image "$(compgen -G "$work/gatun*")" || { echo "scripts/package: jpackage made no $kind" >&2; return 1; }
  done
  echo "app: $(compgen -G "$work/gatun*"), $(du -sm "$work" | cut -f1) MB; installers: $(gatun_app_kinds | tr '\n' ' ')"
}

# Kinds of installers that this machine can make; none is an answer too.
gatun_app_kinds() {
  case "$(uname -s)" in
    Darwin) echo dmg ;;
    Linux)
      if command -v dpkg-deb >/dev/null && command -v fakeroot >/dev/null; then echo deb; fi
      if command -v rpmbuild >/dev/null; then echo rpm; fi
      ;;
  esac
}
