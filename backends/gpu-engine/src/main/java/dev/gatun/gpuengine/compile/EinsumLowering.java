package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Einsum;
import dev.gatun.graph.op.EinsumTerms;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Sums of products over axes that labels name. */
final class EinsumLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  EinsumLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.output().type().dtype();
    if (dtype != DType.F32 && !(dtype == DType.F64 && acceptance.has("einsum_f64"))) {
      return "no kernel for " + dtype;
    }
    if (node.inputs().size() > 2) {
      return "no kernel for " + node.inputs().size() + " factors";
    }
    EinsumTerms terms = terms(node);
    return terms.output().size() > Axes.MOST || summed(terms).size() > Axes.MOST
        ? "no kernel for more than " + Axes.MOST + " axes"
        : dtype == DType.F64 ? "" : acceptance.computed(node, 0, 1);
  }

  private static EinsumTerms terms(Node node) {
    return EinsumTerms.parse(
        ((Einsum) node.op()).equation(),
        node.inputs().stream().map(input -> input.type().rank()).toList());
  }

  /** Labels that the output has not. */
  private static List<Integer> summed(EinsumTerms terms) {
    return terms.inputs().stream()
        .flatMap(List::stream)
        .distinct()
        .filter(label -> !terms.output().contains(label))
        .toList();
  }

  /** EinsumParams of einsum.h. */
  @Override
  public void lower(Node node) {
    EinsumTerms terms = terms(node);
    boolean pair = node.inputs().size() == 2;
    Size count = Size.of(lowering.elements(node.output().type()));
    List<Integer> summed = summed(terms);
    List<Size> run = summed.stream().map(label -> extent(node, terms, label)).toList();
    var step =
        lowering
            .launch(node, node.output().type().dtype() == DType.F64 ? "einsum_f64" : "einsum")
            .memory(lowering.read(node.input(0)))
            .memory(pair ? lowering.read(node.input(1)) : null)
            .memory(lowering.result(node.output()))
            .integer(count)
            .integer(run.stream().reduce(Size.fixed(1), Size::times))
            .integer(Math.max(1, terms.output().size()))
            .integer(Math.max(1, summed.size()))
            .integer(pair);
    for (List<Integer> labels : List.of(terms.output(), summed)) {
      List<Integer> innermostFirst = labels.reversed();
      step.integers(
          innermostFirst.stream().map(label -> extent(node, terms, label)).toList(), Axes.MOST);
      for (int input = 0; input < 2; input++) {
        int of = input;
        step.integers(
            innermostFirst.stream().map(label -> stride(node, terms, of, label)).toList(),
            Axes.MOST);
      }
    }
    step.run(Grid.items(count, THREADS));
  }

  /** The largest extent of the axes with a label: those of one element repeat. */
  private Size extent(Node node, EinsumTerms terms, int label) {
    List<Size> extents = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      List<Dim> dims = node.input(i).type().dims();
      for (int axis = 0; axis < dims.size(); axis++) {
        if (terms.inputs().get(i).get(axis) == label) {
          extents.add(Size.of(lowering.extents().of(dims.get(axis))));
        }
      }
    }
    return sizes -> {
      long largest = 0;
      boolean none = false;
      for (int i = 0; i < extents.size(); i++) {
        long extent = extents.get(i).of(sizes);
        none |= extent == 0;
        largest = Math.max(largest, extent);
      }
      return none ? 0 : largest;
    };
  }

  /** Elements of an input from one index of a label to the next: of all axes that have it. */
  private Size stride(Node node, EinsumTerms terms, int input, int label) {
    if (input >= node.inputs().size()) {
      return Size.fixed(0);
    }
    List<Dim> dims = node.input(input).type().dims();
    List<Size> extents = new ArrayList<>();
    List<Size> strides = new ArrayList<>();
    for (int axis = 0; axis < dims.size(); axis++) {
      if (terms.inputs().get(input).get(axis) == label) {
        extents.add(Size.of(lowering.extents().of(dims.get(axis))));
        strides.add(Axes.strides(dims).get(axis).size(lowering.extents()));
      }
    }
    return sizes -> {
      long sum = 0;
      for (int i = 0; i < extents.size(); i++) {
        sum += extents.get(i).of(sizes) == 1 ? 0 : strides.get(i).of(sizes);
      }
      return sum;
    };
  }
}
