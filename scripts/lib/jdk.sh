# Finds a JDK 25 and sets JAVA_HOME to it, or says in one line how to get one.
# Looked at, in order: GATUN_JAVA_HOME, JAVA_HOME, java on PATH, the usual folders.

gatun_is_jdk25() {
  [ -n "$1" ] && [ -f "$1/bin/javac" ] && [ -f "$1/release" ] &&
    grep -q '^JAVA_VERSION="25' "$1/release"
}

gatun_find_jdk() {
  local candidate java
  for candidate in "${GATUN_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    gatun_is_jdk25 "$candidate" && { JAVA_HOME=$candidate; export JAVA_HOME; return; }
  done
  java=$(command -v java || true)
  while [ -n "$java" ] && [ -L "$java" ]; do
    candidate=$(readlink "$java")
    case "$candidate" in /*) java=$candidate ;; *) java=$(dirname "$java")/$candidate ;; esac
  done
  if [ -n "$java" ]; then
    candidate=$(dirname "$(dirname "$java")")
    gatun_is_jdk25 "$candidate" && { JAVA_HOME=$candidate; export JAVA_HOME; return; }
  fi
  for candidate in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/*jdk* /usr/local/*jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    gatun_is_jdk25 "$candidate" && { JAVA_HOME=$candidate; export JAVA_HOME; return; }
  done
  echo "gatun: no JDK 25 found; install one (https://adoptium.net/temurin/releases/?version=25, or your system's openjdk-25-jdk) and set JAVA_HOME to it" >&2
  exit 1
}
