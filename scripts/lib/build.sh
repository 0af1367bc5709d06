# Builds Gatun when its sources have changed since the last build; otherwise returns at once. Sets archive to the archive of
# classes that Java is to use, empty for none. Needs: root, JAVA_HOME, offline (yes or no), java_flags, modules.

gatun_require_maven() {
  command -v mvn >/dev/null || {
    echo "gatun: Maven is not on the PATH; install it (https://maven.apache.org/install.html, or your system's maven package)" >&2
    exit 1
  }
  # Spotless and Error Prone still use sun.misc.Unsafe; this silences the JDK's warning.
  export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
}

# One line that changes when a source file, a resource or a pom does, or when CMake or a C compiler comes.
gatun_source_stamp() {
  { echo "$JAVA_HOME"
    command -v cmake "${CC:-cc}" || true
    cd "$root" && find pom.xml .mvn java-core backends bindings bench native \
      \( -name target -o -path '*/src/test' \) -prune -o -type f -exec ls -ln --time-style=+%s {} + 2>/dev/null ||
      find pom.xml .mvn java-core backends bindings bench native \
        \( -name target -o -path '*/src/test' \) -prune -o -type f -exec stat -f '%N %z %m' {} +
  } | cksum
}

# What the archive of classes was made for, and how it was left: the checkout's folder, Java, and the file itself. A checkout that
# was copied, a newer Java in the same place, and a file that was cut off do not have it.
gatun_archive_stamp() {
  echo "$root $JAVA_HOME"
  ls -ln --time-style=+%s "$JAVA_HOME/release" "$root/target/gatun.jsa" 2>/dev/null ||
    stat -f '%N %z %m' "$JAVA_HOME/release" "$root/target/gatun.jsa" 2>/dev/null || true
}

# Makes the archive of classes anew unless it is the one that was left here.
gatun_archive() {
  local stamp_file=$archive.stamp
  [ -f "$stamp_file" ] && [ "$(cat "$stamp_file")" = "$(gatun_archive_stamp)" ] && return
  # Not for writing: then without it, for another's may not fit.
  [ -w "$root/target" ] || { archive=; return 0; }
  gatun_train "$JAVA_HOME/bin/java" "$archive" "${java_flags[@]}" -p "$modules"
  gatun_archive_stamp >"$stamp_file"
}

gatun_build() {
  local stamp_file="$root/target/build.stamp" stamp log="$root/target/build.log"
  stamp=$(gatun_source_stamp)
  archive=$root/target/gatun.jsa
  if [ -f "$stamp_file" ] && [ "$(cat "$stamp_file")" = "$stamp" ]; then
    gatun_archive
    return
  fi
  gatun_require_maven
  echo "gatun: building (first use, or sources changed) ..." >&2
  mkdir -p "$root/target"
  rm -f "$stamp_file"
  gatun_build_native
  local flags=(-B -Dstyle.color=never -Dmaven.test.skip -Dspotless.check.skip)
  [ "$offline" = yes ] && flags+=(-o)
  if ! (cd "$root" && mvn "${flags[@]}" -pl java-core/cli -am package) >"$log" 2>&1; then
    grep -A3 "^\[\(ERROR\|WARNING\)\].*\.java" "$log" | head -20 >&2
    echo "gatun: the build failed; the whole log is in target/build.log" >&2
    exit 1
  fi
  printf '%s\n' "$stamp" >"$stamp_file"
  rm -f "$archive.stamp"
  gatun_archive
}

# Writes an archive of the classes that a first answer needs (JEP 350), lambdas included. An AOT cache
# (JEP 483) would leave those out, as it does wherever an incubator module is. Without the archive
# everything works, only slower to the first token. Arguments: java, the archive, the flags that it will be started with.
gatun_train() {
  local model=$root/java-core/models/src/test/resources/archs/llama.gguf java=$1 archive=$2 home
  shift 2
  rm -f "$archive"
  [ -f "$model" ] || return 0
  home=$(mktemp -d)
  # The small model would not use huge pages by itself, and their classes would not be in the archive.
  GATUN_HOME=$home "$java" "$@" -Dgatun.os.hugepages=always -XX:ArchiveClassesAtExit="$archive" \
    -m dev.gatun.cli/dev.gatun.cli.Main \
    run --offline --raw -n 24 --temperature 0.1 "$model" "the quick brown fox" >>"$root/target/build.log" 2>&1 || true
  rm -rf "$home"
}
