# Makes an image for this machine's platform: Java's own modules that Gatun needs, Gatun, and a launcher; the natives beside them
# as files, where a signing tool finds them. Needs: root, JAVA_HOME, java_flags, modules; a build, lib/native.sh.

gatun_image() {
  local platform shared=$root/java-core/cli/src/main/resources/dev/gatun/cli/launch work=$root/target/package/image output library
  platform=$(gatun_platform)
  output=$root/target/package/gatun-$(gatun_version)-$platform
  rm -rf "$work" "$output"
  mkdir -p "$work/modules" "$output/bin" "$output/lib/natives"
  cp "$modules"/*.jar "$work/modules/"
  # It has no module descriptor, and in an image no library may be inside of a jar.
  rm "$work"/modules/onnxruntime-*.jar
  "$JAVA_HOME/bin/jlink" --module-path "$work/modules" --add-modules ALL-MODULE-PATH,jdk.incubator.vector \
    --no-header-files --no-man-pages --strip-java-debug-attributes --generate-cds-archive --output "$output/runtime" >&2
  for library in "$root/target/native-cross/$platform"/*gatun_cpu.{so,dylib}; do
    [ -f "$library" ] && cp "$library" "$output/lib/natives/"
  done
  cp "$shared/jvm.flags" "$shared/vector-compiler.json" "$output/lib/"
  cp "$root/scripts/lib/package/launcher.sh" "$output/bin/gatun"
  chmod 755 "$output/bin/gatun"
  gatun_image_licences "$platform" "$output"
  # The image's Java is the one that will run: an archive of the classes of a first answer (JEP 350) fits it.
  gatun_train "$output/runtime/bin/java" "$output/lib/gatun.jsa" "@$output/lib/jvm.flags" \
    -XX:CompilerDirectivesFile="$output/lib/vector-compiler.json" -Dgatun.native.dir="$output/lib/natives"
  rm -rf "$work"
  echo "${output##*/}: $(du -sm "$output" | cut -f1) MB, start bin/gatun"
}

# The same notices that the executable jar has.
gatun_image_licences() {
  local jar
  jar=$root/target/package/$(gatun_jar_name "$1" plain)
  (cd "$2" && python3 -m zipfile -e "$jar" "$2/all" && mv all/META-INF/NOTICE . && mv all/META-INF/licenses . && rm -rf all)
}
