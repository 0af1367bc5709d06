package dev.gatun.runtime;

import java.util.List;

/**
 * A backend of the product, whether or not its module is there.
 *
 * @param artifact Maven artifact that adds it; empty while it is not part of this version
 */
record KnownBackend(String id, String description, String artifact) {
  /** All of them, in the order in which they are shown. */
  static final List<KnownBackend> ALL =
      List.of(
          new KnownBackend("cpu", "any CPU, with native kernels", "dev.gatun:gatun-cpu"),
          new KnownBackend(
              "vector", "any CPU, in pure Java (Vector API)", "dev.gatun:gatun-vector"),
          new KnownBackend("cuda", "NVIDIA GPUs", "dev.gatun:gatun-cuda"),
          new KnownBackend("metal", "Apple GPUs", ""),
          new KnownBackend("openvino", "Intel CPUs, GPUs and NPUs", ""),
          new KnownBackend(
              "onnxruntime",
              "CPUs and vendors' execution providers",
              "dev.gatun:gatun-onnxruntime"),
          new KnownBackend("qnn", "Snapdragon NPUs", "dev.gatun:gatun-qnn"));

  String absentReason() {
    return artifact.isEmpty()
        ? "this version of Gatun does not have this backend yet"
        : "its module is not on the module path or class path";
  }

  String absentRemedy() {
    return artifact.isEmpty()
        ? "use another backend; `gatun devices` lists what runs here"
        : "add the dependency "
            + artifact
            + (id.equals("vector")
                ? " and start Java with --add-modules jdk.incubator.vector"
                : "");
  }
}
