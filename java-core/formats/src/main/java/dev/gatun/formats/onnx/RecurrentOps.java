package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Recurrent.Activation;
import dev.gatun.graph.op.Recurrent.Direction;
import dev.gatun.graph.op.Recurrent.Function;
import dev.gatun.graph.op.Recurrent.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** RNN, GRU and LSTM. */
final class RecurrentOps {
  private static final int INPUTS = 8;

  private RecurrentOps() {}

  static void register(OpImporters ops) {
    for (Kind kind : Kind.values()) {
      ops.add(kind.name(), node -> recurrent(node, kind));
    }
  }

  private static List<Imported> recurrent(NodeScope node, Kind kind) {
    Direction direction =
        choice(node, Direction.class, node.text("direction", "forward"), "direction");
    if (!(node.type(2).dim(-1) instanceof Dim.Fixed(long width))) {
      throw node.unsupported("its weights have no fixed extents");
    }
    float clip = node.real("clip", Float.NaN);
    var op =
        new Recurrent(
            kind,
            Math.toIntExact(width),
            direction,
            activations(node, kind, direction == Direction.BIDIRECTIONAL ? 2 : 1),
            Float.isNaN(clip) ? Optional.empty() : Optional.of((double) clip),
            node.integer("input_forget", 0) != 0,
            node.integer("linear_before_reset", 0) != 0,
            node.integer("layout", 0) != 0);
    Value[] inputs = new Value[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      inputs[i] = node.optional(i);
    }
    return node.results(op, inputs);
  }

  private static List<Activation> activations(NodeScope node, Kind kind, int directions) {
    List<String> names = texts(node);
    if (names.isEmpty()) {
      List<String> standard =
          switch (kind) {
            case RNN -> List.of("Tanh");
            case GRU -> List.of("Sigmoid", "Tanh");
            case LSTM -> List.of("Sigmoid", "Tanh", "Tanh");
          };
      names = new ArrayList<>(standard);
      if (directions == 2) {
        names.addAll(standard);
      }
    }
    List<Float> alphas = new ArrayList<>(reals(node, "activation_alpha"));
    List<Float> betas = new ArrayList<>(reals(node, "activation_beta"));
    List<Activation> list = new ArrayList<>();
    for (String name : names) {
      Function function = choice(node, Function.class, name, "activation");
      double alpha =
          switch (function) {
            case LEAKYRELU -> next(alphas, 0.01f);
            case HARDSIGMOID -> next(alphas, 0.2f);
            case AFFINE, THRESHOLDEDRELU, SCALEDTANH, ELU -> next(alphas, 1);
            default -> 0;
          };
      double beta =
          switch (function) {
            case HARDSIGMOID -> next(betas, 0.5f);
            case SCALEDTANH -> next(betas, 1);
            case AFFINE -> next(betas, 0);
            default -> 0;
          };
      list.add(new Activation(function, alpha, beta));
    }
    return list;
  }

  private static double next(List<Float> given, float standard) {
    return given.isEmpty() ? standard : given.removeFirst();
  }

  private static List<String> texts(NodeScope node) {
    return switch (node.node().attributes().get("activations")) {
      case null -> List.of();
      case OnnxAttribute.Texts(List<String> values) -> values;
      default -> throw node.bad("has an attribute 'activations' that is no list of texts");
    };
  }

  private static List<Float> reals(NodeScope node, String attribute) {
    return switch (node.node().attributes().get(attribute)) {
      case null -> List.of();
      case OnnxAttribute.Floats(List<Float> values) -> values;
      default -> throw node.bad("has an attribute '" + attribute + "' that is no list of numbers");
    };
  }

  /** A constant by ONNX's name for it, in any case. */
  static <E extends Enum<E>> E choice(NodeScope node, Class<E> type, String name, String what) {
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> each.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> node.bad("has " + what + " '" + name + "'"));
  }
}
