package dev.gatun.quantize.optimize;

import java.util.Map;

/** How an artifact is made. Equal recipes give equal artifacts. */
public sealed interface Recipe permits GgufRecipe, OnnxRecipe {
  /** For tables. */
  String title();

  /** All that decides the artifact's bytes, in one line. */
  String canonical();

  /** What it consists of, for reports of machines. */
  Map<String, Object> members();
}
