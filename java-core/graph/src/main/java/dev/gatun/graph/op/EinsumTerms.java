package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * An einsum equation as labels of axes. Letters are their characters; axes of an ellipsis are
 * negative numbers, aligned at the last.
 */
public record EinsumTerms(List<List<Integer>> inputs, List<Integer> output) {
  /**
   * Reads an equation.
   *
   * @param ranks of the inputs
   * @throws GraphException when the equation is malformed or does not fit the ranks
   */
  public static EinsumTerms parse(String equation, List<Integer> ranks) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    if (terms.length != ranks.size()) {
      throw bad(equation, ranks);
    }
    List<List<Integer>> inputs = new ArrayList<>();
    int hidden = 0;
    for (int i = 0; i < terms.length; i++) {
      int letters = terms[i].replace("...", "").length();
      boolean dots = terms[i].contains("...");
      int more = ranks.get(i) - letters;
      if (more < 0 || (more > 0 && !dots)) {
        throw bad(equation, ranks);
      }
      hidden = Math.max(hidden, more);
      inputs.add(labels(equation, terms[i], more));
    }
    List<Integer> output =
        arrow < 0 ? implicit(inputs, hidden) : labels(equation, text.substring(arrow + 2), hidden);
    for (int label : output) {
      if (inputs.stream().noneMatch(term -> term.contains(label))) {
        throw bad(equation, ranks);
      }
    }
    return new EinsumTerms(inputs, output);
  }

  private static List<Integer> labels(String equation, String term, int hidden) {
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < term.length(); i++) {
      if (term.startsWith("...", i)) {
        for (int j = hidden; j > 0; j--) {
          labels.add(-j);
        }
        i += 2;
      } else if (Character.isLetter(term.charAt(i))) {
        labels.add((int) term.charAt(i));
      } else {
        throw new GraphException("Einsum: equation '" + equation + "'");
      }
    }
    return labels;
  }

  /** The ellipsis, then what stands once, in alphabetical order. */
  private static List<Integer> implicit(List<List<Integer>> inputs, int hidden) {
    TreeMap<Integer, Integer> uses = new TreeMap<>();
    inputs.forEach(term -> term.forEach(label -> uses.merge(label, 1, Integer::sum)));
    List<Integer> output = new ArrayList<>();
    for (int j = hidden; j > 0; j--) {
      output.add(-j);
    }
    uses.forEach((label, count) -> {
      if (label > 0 && count == 1) {
        output.add(label);
      }
    });
    return output;
  }

  private static GraphException bad(String equation, List<Integer> ranks) {
    return new GraphException(
        "Einsum: equation '%s' does not fit inputs of ranks %s".formatted(equation, ranks));
  }
}
