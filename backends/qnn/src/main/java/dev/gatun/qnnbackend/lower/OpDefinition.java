package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnOp.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What QNN's documentation ("QNN Operation Definitions") says about an operator: how many inputs,
 * which parameters of which kind, which of them must be there. Every operator is checked before it
 * reaches the library, which may take a misspelt one in silence until a graph is finished.
 */
record OpDefinition(String type, int fewestInputs, int mostInputs, List<Declared> parameters) {
  /** The kind of a parameter: a scalar, or a tensor of a rank. */
  enum Kind {
    U32(Parameter.U32.class, 0),
    I32(Parameter.I32.class, 0),
    F32(Parameter.F32.class, 0),
    BOOL(Parameter.Bool.class, 0),
    U32_VECTOR(Parameter.U32s.class, 1),
    U32_MATRIX(Parameter.U32s.class, 2),
    I32_MATRIX(Parameter.I32s.class, 2);

    private final Class<? extends Parameter> type;
    private final int rank;

    Kind(Class<? extends Parameter> type, int rank) {
      this.type = type;
      this.rank = rank;
    }

    private boolean fits(Parameter parameter) {
      return type.isInstance(parameter)
          && switch (parameter) {
            case Parameter.U32s p -> sound(p.dims(), p.values());
            case Parameter.I32s p -> sound(p.dims(), p.values());
            default -> true;
          };
    }

    private boolean sound(List<Integer> dims, List<Integer> values) {
      return dims.size() == rank && dims.stream().reduce(1, Math::multiplyExact) == values.size();
    }
  }

  /** A parameter. */
  record Declared(String name, Kind kind, boolean mandatory) {}

  private static final Map<String, OpDefinition> ALL = new HashMap<>();

  static {
    for (String type :
        List.of(
            "ElementWiseAbs",
            "ElementWiseCeil",
            "ElementWiseCos",
            "ElementWiseExp",
            "ElementWiseFloor",
            "ElementWiseLog",
            "ElementWiseNeg",
            "ElementWiseNot",
            "ElementWiseRound",
            "ElementWiseSign",
            "ElementWiseSin",
            "ElementWiseSquareRoot",
            "Cast",
            "Dequantize",
            "Quantize",
            "Convert",
            "Gelu",
            "HardSwish",
            "Relu",
            "Reshape",
            "Sigmoid",
            "Tanh")) {
      define(type, 1, 1);
    }
    for (String type :
        List.of(
            "ElementWiseAdd",
            "ElementWiseAnd",
            "ElementWiseDivide",
            "ElementWiseEqual",
            "ElementWiseGreater",
            "ElementWiseGreaterEqual",
            "ElementWiseLess",
            "ElementWiseLessEqual",
            "ElementWiseMaximum",
            "ElementWiseMinimum",
            "ElementWiseMultiply",
            "ElementWiseNotEqual",
            "ElementWiseOr",
            "ElementWisePower",
            "ElementWiseSubtract",
            "Prelu")) {
      define(type, 2, 2);
    }
    for (String type : List.of("ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum")) {
      define(type, 1, 1, must("axes", Kind.U32_VECTOR), may("keep_dims", Kind.BOOL));
    }
    define("ElementWiseSelect", 3, 3);
    define("Elu", 1, 1, may("alpha", Kind.F32));
    define("Softmax", 1, 1, may("axis", Kind.U32), may("beta", Kind.F32));
    define("FullyConnected", 2, 3, may("keep_dims", Kind.BOOL));
    define("MatMul", 2, 3, may("transpose_in0", Kind.BOOL), may("transpose_in1", Kind.BOOL));
    define("LayerNorm", 1, 3, may("epsilon", Kind.F32), must("axes", Kind.U32_VECTOR));
    define("RmsNorm", 2, 3, may("epsilon", Kind.F32), must("axes", Kind.U32_VECTOR));
    define("Transpose", 1, 1, must("perm", Kind.U32_VECTOR));
    define("Concat", 1, Integer.MAX_VALUE, may("axis", Kind.U32));
    define("Gather", 2, 2, may("axis", Kind.I32));
    define("GatherElements", 2, 2, may("axis", Kind.U32));
    define("GatherNd", 2, 2, may("batch_dims", Kind.U32));
    define("Tile", 1, 1, must("multiples", Kind.U32_VECTOR));
    define("Argmax", 1, 1, must("axis", Kind.U32), may("keep_dims", Kind.BOOL));
    define("Argmin", 1, 1, must("axis", Kind.U32), may("keep_dims", Kind.BOOL));
    define(
        "StridedSlice",
        1,
        1,
        must("ranges", Kind.I32_MATRIX),
        may("begin_mask", Kind.U32),
        may("end_mask", Kind.U32),
        may("shrink_axes", Kind.U32),
        may("new_axes_mask", Kind.U32));
    define(
        "Pad",
        1,
        1,
        must("scheme", Kind.U32),
        must("pad_amount", Kind.U32_MATRIX),
        may("pad_constant_value", Kind.F32));
    define(
        "Conv2d",
        2,
        3,
        must("stride", Kind.U32_VECTOR),
        must("pad_amount", Kind.U32_MATRIX),
        may("group", Kind.U32),
        may("dilation", Kind.U32_VECTOR));
    define(
        "DepthWiseConv2d",
        2,
        3,
        must("stride", Kind.U32_VECTOR),
        must("pad_amount", Kind.U32_MATRIX),
        may("dilation", Kind.U32_VECTOR));
    define(
        "TransposeConv2d",
        2,
        3,
        must("stride", Kind.U32_VECTOR),
        must("pad_amount", Kind.U32_MATRIX),
        may("group", Kind.U32),
        may("output_padding", Kind.U32_VECTOR));
    define(
        "PoolMax2d",
        1,
        1,
        must("filter_size", Kind.U32_VECTOR),
        must("stride", Kind.U32_VECTOR),
        may("pad_amount", Kind.U32_MATRIX),
        may("rounding_mode", Kind.U32));
    define(
        "PoolAvg2d",
        1,
        1,
        must("filter_size", Kind.U32_VECTOR),
        must("stride", Kind.U32_VECTOR),
        may("pad_amount", Kind.U32_MATRIX),
        may("count_pad_for_edges", Kind.BOOL),
        may("rounding_mode", Kind.U32));
    for (String type : List.of("ResizeBilinear", "ResizeNearestNeighbor")) {
      define(type, 1, 1, may("align_corners", Kind.BOOL), may("half_pixel_centers", Kind.BOOL));
    }
  }

  private static Declared must(String name, Kind kind) {
    return new Declared(name, kind, true);
  }

  private static Declared may(String name, Kind kind) {
    return new Declared(name, kind, false);
  }

  private static void define(String type, int fewest, int most, Declared... parameters) {
    ALL.put(type, new OpDefinition(type, fewest, most, List.of(parameters)));
  }

  /**
   * Checks an operator against its definition.
   *
   * @throws IllegalStateException on a difference: an error of the lowering
   */
  static void check(QnnOp op) {
    OpDefinition definition = ALL.get(op.type());
    if (definition == null) {
      throw wrong(op, "there is no such operator");
    }
    int inputs = op.inputs().size();
    if (inputs < definition.fewestInputs || inputs > definition.mostInputs) {
      throw wrong(op, inputs + " inputs");
    }
    if (op.outputs().size() != 1) {
      throw wrong(op, op.outputs().size() + " outputs");
    }
    Set<String> given = new HashSet<>();
    for (Parameter parameter : op.parameters()) {
      Declared declared =
          definition.parameters.stream()
              .filter(each -> each.name.equals(parameter.name()))
              .findFirst()
              .orElseThrow(() -> wrong(op, "no parameter '%s'".formatted(parameter.name())));
      if (!declared.kind.fits(parameter)) {
        throw wrong(op, "'%s' is no %s".formatted(parameter, declared.kind));
      }
      if (!given.add(parameter.name())) {
        throw wrong(op, "'%s' is given twice".formatted(parameter.name()));
      }
    }
    for (Declared declared : definition.parameters) {
      if (declared.mandatory && !given.contains(declared.name)) {
        throw wrong(op, "'%s' is missing".formatted(declared.name));
      }
    }
  }

  private static IllegalStateException wrong(QnnOp op, String what) {
    return new IllegalStateException(
        "operator '%s' of type %s: %s".formatted(op.name(), op.type(), what));
  }
}
