package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Attention: over a state by ONNX Runtime's GroupQueryAttention where that has the dims, else by
 * {@link PlainAttention}.
 */
final class AttentionLowering {
  private final Emitter emitter;
  private final List<LoweredState> states;

  AttentionLowering(Emitter emitter, List<LoweredState> states) {
    this.emitter = emitter;
    this.states = states;
  }

  Operand attend(Node node, Attention op) {
    DType dtype = node.input(0).type().dtype();
    if (dtype == DType.F64) {
      throw new Refused("attention of F64");
    }
    if (op.state().isEmpty()) {
      return new PlainAttention(emitter, op).attend(node);
    }
    if (emitter.isBody()) {
      throw new Refused("attention over a state in the body of a control-flow node");
    }
    String name = op.state().get();
    if (states.stream().anyMatch(state -> state.name().equals(name))) {
      throw new Refused("a second node uses the state '" + name + "'");
    }
    boolean grouped = isGrouped(op.spec());
    LoweredState state = state(name, op.spec(), !grouped);
    Operand y =
        grouped ? grouped(node, op, state) : new PlainAttention(emitter, op).attend(node, state);
    states.add(state);
    return y;
  }

  /** What GroupQueryAttention can: one dim for keys and values, a multiple of 8. */
  private static boolean isGrouped(StateSpec spec) {
    return spec.valueDim() == spec.keyDim() && spec.keyDim() % 8 == 0;
  }

  private LoweredState state(String name, StateSpec spec, boolean positionsFirst) {
    return new LoweredState(
        name,
        cache(name + ".key", spec.kvHeads(), spec.keyDim(), positionsFirst),
        spec.valueDim() == 0
            ? Optional.empty()
            : Optional.of(cache(name + ".value", spec.kvHeads(), spec.valueDim(), positionsFirst)));
  }

  private LoweredState.Cache cache(String name, int heads, int dim, boolean positionsFirst) {
    return new LoweredState.Cache(
        emitter.unique("past." + name),
        emitter.unique("present." + name),
        DType.F32,
        heads,
        dim,
        positionsFirst);
  }

  private Operand grouped(Node node, Attention op, LoweredState state) {
    LoweredState.Cache key = state.key();
    LoweredState.Cache value = state.value().orElseThrow();
    Operand last = last(emitter, node.input(3));
    Operand total =
        emitter.once(List.of("total", last), () -> emitter.emit("Add", DType.I32, last, one()));
    Attributes attributes =
        Attributes.none()
            .with("num_heads", op.heads())
            .with("kv_num_heads", op.spec().kvHeads())
            .with("scale", op.scale())
            .with("softcap", op.softcap())
            .with("local_window_size", op.spec().window() == 0 ? -1 : op.spec().window());
    String y = emitter.unique(node.name() + "/y");
    emitter.add(
        Emitter.CONTRIB + "GroupQueryAttention",
        attributes,
        List.of(
            emitter.batch(emitter.single(node.input(0))),
            emitter.batch(emitter.single(node.input(1))),
            emitter.batch(emitter.single(node.input(2))),
            new Operand(key.past(), DType.F32),
            new Operand(value.past(), DType.F32),
            last,
            total),
        List.of(y, key.present(), value.present()));
    return emitter.rows(new Operand(y, DType.F32));
  }

  private Operand one() {
    return emitter.cast(emitter.longs(1), DType.I32);
  }

  /** The last position of the batch, I32 [1]. */
  static Operand last(Emitter emitter, Value positions) {
    Operand places = emitter.cast(emitter.operand(positions), DType.I32);
    return emitter.once(
        List.of("last", places),
        () ->
            emitter.emit(
                "ReduceMax",
                Attributes.none().with("keepdims", 1),
                DType.I32,
                places,
                emitter.longs(0)));
  }

  /** Inputs of the model that the states are. */
  static List<OnnxValueInfo> inputs(List<LoweredState> states) {
    return infos(states, LoweredState.Cache::past);
  }

  /** Outputs of the model that the states are. */
  static List<OnnxValueInfo> outputs(List<LoweredState> states) {
    return infos(states, LoweredState.Cache::present);
  }

  private static List<OnnxValueInfo> infos(
      List<LoweredState> states, java.util.function.Function<LoweredState.Cache, String> name) {
    List<OnnxValueInfo> infos = new ArrayList<>();
    for (LoweredState state : states) {
      infos.add(info(state.key(), name));
      state.value().ifPresent(value -> infos.add(info(value, name)));
    }
    return infos;
  }

  private static OnnxValueInfo info(
      LoweredState.Cache cache, java.util.function.Function<LoweredState.Cache, String> name) {
    Dim capacity = Dim.symbol("capacity", 0, Integer.MAX_VALUE);
    List<Dim> dims =
        cache.positionsFirst()
            ? List.of(capacity, Dim.of((long) cache.heads() * cache.dim()))
            : List.of(Dim.of(1), Dim.of(cache.heads()), capacity, Dim.of(cache.dim()));
    return Types.info(name.apply(cache), cache.dtype(), dims);
  }
}
