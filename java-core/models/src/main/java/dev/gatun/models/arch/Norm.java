package dev.gatun.models.arch;

/** The normalization that all layers of a model use. */
enum Norm {
  /** Root mean square, scale only. */
  RMS("attention.layer_norm_rms_epsilon"),
  /** Layer normalization: scale, and bias where the file has one. */
  LAYER("attention.layer_norm_epsilon");

  private final String epsilonKey;

  Norm(String epsilonKey) {
    this.epsilonKey = epsilonKey;
  }

  String epsilonKey() {
    return epsilonKey;
  }
}
