package dev.gatun.runtime.store;

import java.util.List;

/**
 * A model to be had.
 *
 * @param name what it will be called in the store
 * @param licence an SPDX expression; empty when unknown
 * @param source where it comes from, for people
 */
record ModelSpec(String name, String source, String licence, List<Artifact> files) {
  ModelSpec {
    files = List.copyOf(files);
  }
}
