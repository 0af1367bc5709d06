package dev.gatun.quantize.imatrix;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How well an importance matrix fits a model. To be looked at before a quantization starts: of a
 * tensor that is not covered, or whose entry has another size, nothing is known, and half a model
 * quantized without its matrix looks like one quantized with it.
 *
 * @param covered tensors with an entry of the right size
 * @param missing matrices of the blocks without an entry
 * @param wrongSizes entries whose size is not that of their tensor
 * @param partial covered tensors some of whose experts have seen no input
 * @param foreign entries of tensors that the model does not have
 */
public record Coverage(
    List<String> covered,
    List<String> missing,
    List<WrongSize> wrongSizes,
    List<String> partial,
    List<String> foreign) {

  /**
   * An entry of another size than its tensor.
   *
   * @param expected columns times matrices of the tensor
   * @param found values of the entry
   */
  public record WrongSize(String tensor, long expected, int found) {}

  public Coverage {
    covered = List.copyOf(covered);
    missing = List.copyOf(missing);
    wrongSizes = List.copyOf(wrongSizes);
    partial = List.copyOf(partial);
    foreign = List.copyOf(foreign);
  }

  static Coverage of(ImportanceMatrix matrix, ModelSource model) {
    List<String> covered = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<WrongSize> wrong = new ArrayList<>();
    List<String> partial = new ArrayList<>();
    Map<String, ImportanceEntry> entries = matrix.entries();
    for (String name : model.tensorNames()) {
      TensorInfo info = model.info(name).orElseThrow();
      ImportanceEntry entry = entries.get(name);
      if (entry == null) {
        if (isBlockMatrix(info)) {
          missing.add(name);
        }
      } else if (entry.size() != size(info.shape())) {
        if (name.equals("token_embd.weight")) {
          // Rows of it are looked up; what a matrix says of it means nothing.
          continue;
        }
        wrong.add(new WrongSize(name, size(info.shape()), entry.size()));
      } else {
        covered.add(name);
        if (entry.emptyParts() > 0) {
          partial.add(name);
        }
      }
    }
    List<String> foreign =
        entries.keySet().stream().filter(name -> model.info(name).isEmpty()).toList();
    return new Coverage(covered, missing, wrong, partial, foreign);
  }

  /** Whether every matrix of the blocks is covered and nothing is of another model. */
  public boolean complete() {
    return missing.isEmpty() && wrongSizes.isEmpty() && foreign.isEmpty();
  }

  /** Whether it can only be of another model: nothing fits, or something has another size. */
  public boolean foreignModel() {
    return covered.isEmpty() || !wrongSizes.isEmpty();
  }

  /** One sentence for people: what fits and what does not, with examples. */
  public String describe() {
    StringBuilder text = new StringBuilder(covered.size() + " tensors covered");
    if (!wrongSizes.isEmpty()) {
      WrongSize first = wrongSizes.getFirst();
      text.append(
          ", %d of another size ('%s' has %d values, the model needs %d)"
              .formatted(wrongSizes.size(), first.tensor(), first.found(), first.expected()));
    }
    list(text, missing, "not covered");
    list(text, foreign, "not in the model");
    list(text, partial, "with experts that saw no text");
    return text.toString();
  }

  private static void list(StringBuilder text, List<String> names, String what) {
    if (!names.isEmpty()) {
      int shown = Math.min(3, names.size());
      text.append(
          ", %d %s (%s".formatted(names.size(), what, String.join(", ", names.subList(0, shown))));
      text.append(shown < names.size() ? ", …)" : ")");
    }
  }

  /** Weights that a collector sees: matrices of the blocks, but not what routes to experts. */
  private static boolean isBlockMatrix(TensorInfo info) {
    String name = info.name();
    return name.startsWith("blk.")
        && name.endsWith(".weight")
        && info.shape().rank() >= 2
        && !name.contains("ffn_gate_inp");
  }

  /** Columns of all matrices, without their rows. */
  private static long size(Shape shape) {
    long matrices = 1;
    for (int axis = 0; axis < shape.rank() - 2; axis++) {
      matrices *= shape.dim(axis);
    }
    return shape.rowLength() * matrices;
  }
}
