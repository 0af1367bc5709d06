# Puts what an application depends on into a Maven repository in a folder, and builds and runs a stranger's project from it.
# Needs: root, JAVA_HOME, offline (yes or no), lib/cross.sh.

# Modules that an application may name; theirs come along.
gatun_published=(. java-core/bom java-core/gatun java-core/quantize backends/onnxruntime backends/openvino backends/cuda
  backends/metal backends/qnn)

# Arguments: the folder; platforms whose kernels are in it, each as a jar of gatun-cpu-binding with the platform as classifier.
gatun_publish() {
  local folder=$1 platform known log=$root/target/publish.log flags=(-B -q -Dmaven.test.skip -Dspotless.check.skip)
  # Of these platforms alone: what was built of others at other times is not asked for.
  local natives=$root/target/publish-native
  shift
  [ "$offline" = no ] || flags+=(-o)
  rm -rf "$natives"
  mkdir -p "$natives"
  for platform in "$@"; do
    gatun_cross "$platform"
    cp -r "$root/target/native/$platform" "$natives/"
  done
  known=$(IFS=,; echo "${gatun_published[*]}")
  (cd "$root" && mvn "${flags[@]}" deploy -pl "$known" -am -Dgatun.left.out='native/**' -Dgatun.natives="$natives" \
    -DaltDeploymentRepository="gatun::file://$folder") >"$log" 2>&1 || {
    tail -20 "$log" >&2
    echo "gatun: the artifacts could not be put into $folder; the whole log is in target/publish.log" >&2
    return 1
  }
}

# A project that knows only a repository, with a local repository of its own that is empty. What Gatun needs of others, and
# Maven's plugins, come from this user's local repository, as from a mirror.
gatun_test_stranger() {
  local platform work=$root/target/stranger model=$root/java-core/models/src/test/resources/archs/llama.gguf said mirror settings
  platform=$(gatun_platform)
  [[ " ${gatun_package_platforms[*]} " == *" $platform "* ]] || {
    echo "scripts/test: there is no jar with kernels for $platform"
    return 0
  }
  gatun_cross_tools || { echo "scripts/test: the stranger's project is not built: $why"; return 0; }
  rm -rf "$work"
  mkdir -p "$work"
  gatun_publish "$work/repository" "$platform"
  cp -r "$root/scripts/stranger" "$work/project"
  mirror=$(cd "$root" && mvn -B -q -o help:evaluate -Dexpression=settings.localRepository -DforceStdout 2>/dev/null || true)
  [ -d "$mirror" ] || mirror=$HOME/.m2/repository
  settings=$work/settings.xml
  cat >"$settings" <<XML
<settings>
  <mirrors><mirror><id>local</id><mirrorOf>*,!gatun</mirrorOf><url>file://$mirror</url></mirror></mirrors>
  <profiles><profile>
    <id>gatun</id>
    <repositories><repository><id>gatun</id><url>file://$work/repository</url></repository></repositories>
  </profile></profiles>
  <activeProfiles><activeProfile>gatun</activeProfile></activeProfiles>
</settings>
XML
  (cd "$work/project" && mvn -B -q -s "$settings" -Dmaven.repo.local="$work/home" -Dplatform="$platform" \
    compile dependency:copy-dependencies -DincludeScope=runtime)
  said=$(cd "$work" && env -i GATUN_HOME="$work/gatun" "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "project/target/classes:project/target/dependency/*" stranger.Main "$model" "the quick" 2>&1)
  case "$said" in
    *"ran on cpu:"*) echo "scripts/test: a stranger's project, from a repository and on kernels for $platform, says: $said" ;;
    *) echo "scripts/test: a stranger's project should run on cpu, but says: $said" >&2; return 1 ;;
  esac
}
