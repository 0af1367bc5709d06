# Tests of the executable jars. Needs: root, JAVA_HOME, offline (yes or no), lib/cross.sh, lib/package/jars.sh.

# Makes the jar with OpenVINO inside for this machine, and has it answer.
gatun_test_flavour() {
  local platform flags=(--flavour openvino)
  platform=$(gatun_platform)
  [[ " ${gatun_package_platforms[*]} " == *" $platform "* ]] && gatun_has_flavour "$platform" openvino || return 0
  [ "$offline" = no ] || flags+=(--offline)
  "$root/scripts/package" "${flags[@]}" "$platform"
  python3 "$root/scripts/lib/package/test_jar.py" "$root"/target/package/gatun-*-"$platform"-openvino.jar "$JAVA_HOME/bin/java" \
    "$root/java-core/models/src/test/resources/archs/llama.gguf" \
    JarTest.test_openvino_inside_answers_and_is_unpacked_with_its_siblings
}

# Makes the plain jar for a platform, which inspects it, and runs it as a stranger would: with this Java, or with a given one.
gatun_test_package() {
  local platform=$1 java=${2:-$JAVA_HOME/bin/java} why flags=(--flavour plain)
  [[ " ${gatun_package_platforms[*]} " == *" $platform "* ]] || {
    echo "scripts/test: there is no executable jar for $platform"
    return 0
  }
  [ "$offline" = no ] || flags+=(--offline)
  gatun_cross_tools || { echo "scripts/test: the executable jar is neither made nor run: $why"; return 0; }
  "$root/scripts/package" "${flags[@]}" "$platform"
  python3 "$root/scripts/lib/package/test_jar.py" "$root"/target/package/gatun-*-"$platform".jar "$java" \
    "$root/java-core/models/src/test/resources/archs/llama.gguf"
}
