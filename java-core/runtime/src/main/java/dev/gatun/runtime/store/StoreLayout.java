package dev.gatun.runtime.store;

import java.nio.file.Path;

/** The folders of a store. */
record StoreLayout(Path root) {
  Path blobs() {
    return root.resolve("blobs").resolve("sha256");
  }

  Path blob(String sha256) {
    return blobs().resolve(sha256);
  }

  Path manifests() {
    return root.resolve("manifests");
  }

  Path manifest(String name) {
    return manifests().resolve(ModelNames.fileName(name));
  }

  /** Files that are arriving: {@code KEY}, {@code KEY.validator}, {@code KEY.lock}, folders. */
  Path partial() {
    return root.resolve("partial");
  }

  /** Files with a wrong digest, each beside a text that says why. */
  Path quarantine() {
    return root.resolve("quarantine");
  }

  /** Split models under their files' own names: links to blobs. */
  Path views() {
    return root.resolve("views");
  }

  /** Held while manifests and blobs change. */
  Path lock() {
    return root.resolve("store.lock");
  }
}
