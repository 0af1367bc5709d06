package dev.gatun.quantize.convert;

/**
 * A tensor's name taken apart: {@code layers.3.mlp.experts.1.up_proj.weight} is {@code
 * layers.{i}.mlp.experts.{e}.up_proj}, layer 3, expert 1, {@code .weight}.
 *
 * @param layer -1 when there is none
 * @param expert -1 when there is none
 * @param suffix {@code .weight}, {@code .bias} or empty
 */
record TensorName(String pattern, int layer, int expert, String suffix) {
  static TensorName parse(String name) {
    String suffix = name.endsWith(".weight") ? ".weight" : name.endsWith(".bias") ? ".bias" : "";
    String[] words = name.substring(0, name.length() - suffix.length()).split("\\.", -1);
    int layer = -1;
    int expert = -1;
    StringBuilder pattern = new StringBuilder();
    for (String word : words) {
      String shown = word;
      if (isNumber(word)) {
        if (layer < 0) {
          layer = Integer.parseInt(word);
          shown = "{i}";
        } else if (expert < 0) {
          expert = Integer.parseInt(word);
          shown = "{e}";
        }
      }
      pattern.append(pattern.isEmpty() ? "" : ".").append(shown);
    }
    return new TensorName(pattern.toString(), layer, expert, suffix);
  }

  /** The same place of another pattern. */
  String in(String pattern) {
    return pattern.replace("{i}", Integer.toString(layer)).replace("{e}", Integer.toString(expert))
        + suffix;
  }

  private static boolean isNumber(String word) {
    if (word.isEmpty() || word.length() > 6) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
