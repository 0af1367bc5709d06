package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I32;

import dev.gatun.graph.Node;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Attention as ScaledDotProductAttention over [batch, heads, tokens, dim]; its states as the
 * compilers of language models expect them: what was read, picked by a beam index, followed by what
 * is new. With a state the model sees the tokens of one sequence.
 */
final class AttentionLowering {
  /** Strips of a block. */
  private static final int STRIPS = 4;

  private final Emitter emit;
  private final StateMode mode;
  private final LoweringOptions.Part part;
  private final Supplier<Output> beam;
  private final Map<List<Object>, Output> masks = new HashMap<>();
  private final Map<List<Object>, List<Strip>> strips = new HashMap<>();
  private final List<LoweredModel.Cache> caches = new ArrayList<>();
  private final Map<String, Output> pastInputs = new HashMap<>();
  private final List<Output> news = new ArrayList<>();

  AttentionLowering(Emitter emit, LoweringOptions options, Supplier<Output> beam) {
    this.emit = emit;
    mode = options.states();
    part = options.part();
    this.beam = beam;
  }

  /** Whether keys and values of past positions are inputs. */
  boolean takesCaches() {
    return mode == StateMode.TENSORS || part == LoweringOptions.Part.CONTINUATION;
  }

  /** The caches that are inputs, in their order. */
  List<LoweredModel.Cache> caches() {
    return caches;
  }

  /** What is new of each cache, where states are kept in tensors. */
  List<Output> news() {
    return news;
  }

  /** Declares the inputs of a state. */
  void declare(String state, StateSpec spec) {
    boolean half = spec.dtype() != DType.F32;
    declare(new LoweredModel.Cache(state + ".key", spec, spec.kvHeads(), spec.keyDim(), half));
    if (spec.valueDim() > 0) {
      declare(
          new LoweredModel.Cache(state + ".value", spec, spec.kvHeads(), spec.valueDim(), half));
    }
  }

  private void declare(LoweredModel.Cache cache) {
    String shape = "1,?,%d,%d".formatted(cache.heads(), cache.dim());
    pastInputs.put(
        cache.name(),
        emit.ir().parameter("past." + cache.name(), cache.half() ? "f16" : F32, shape));
    caches.add(cache);
    if (mode == StateMode.TENSORS) {
      news.add(null);
    }
  }

  /**
   * A flat batch.
   *
   * @param q [1, heads, tokens, dim]; k and v likewise, v null for a view of k
   * @return [1, heads, tokens, dim of values]
   */
  Output flat(Attention op, Node node, Output q, Output k, Output v, Positions at) {
    Output keys = k;
    Output values = v;
    if (op.state().isPresent()) {
      String state = op.state().get();
      keys = withPast(state + ".key", op.spec(), k, op.spec().keyDim());
      values = v == null ? null : withPast(state + ".value", op.spec(), v, op.spec().valueDim());
    }
    Output mask = op.state().isPresent() ? cachedMask(op, at) : batchMask(op, at);
    emit.ir().enter(node.name());
    return part == LoweringOptions.Part.BLOCKS && op.causal()
        ? inStrips(op, q, keys, values, mask, at)
        : attend(op, q, keys, values, mask);
  }

  /**
   * Rows of a block, and what they see: the positions up to their last one.
   *
   * @param start first row, I64 [1]
   * @param stop end of the rows, I64 [1]
   * @param seen end of the positions, I64 [1]
   * @param mask [1, 1, rows, positions]
   */
  private record Strip(Output start, Output stop, Output seen, Output mask) {}

  /**
   * A block whose tokens see no later ones, in strips of rows: products with what no row of a strip
   * sees are left out, which are three eighths of all for the first block of a sequence.
   */
  private Output inStrips(
      Attention op, Output q, Output keys, Output values, Output mask, Positions at) {
    List<Object> key = List.of(at.positionsValue().id(), op.spec().window());
    List<Output> parts = new ArrayList<>();
    Output scaled = scaled(op, q);
    for (Strip strip : strips.computeIfAbsent(key, absent -> strips(mask, at))) {
      Output first = emit.integers(0);
      Output k = emit.slice(keys, 2, first, strip.seen());
      Output v = values == null ? null : emit.slice(values, 2, first, strip.seen());
      Output rows = emit.slice(scaled, 2, strip.start(), strip.stop());
      parts.add(products(op, rows, k, v, strip.mask()));
    }
    return emit.concat(2, parts.toArray(Output[]::new));
  }

  private List<Strip> strips(Output mask, Positions at) {
    Output rows = emit.shapeOf(at.positions());
    Output past =
        emit.binary("Subtract", emit.gather(emit.shapeOf(mask), emit.integers(3), 0), rows);
    List<Strip> made = new ArrayList<>();
    Output start = emit.integers(0);
    for (int i = 1; i <= STRIPS; i++) {
      Output stop =
          i == STRIPS
              ? rows
              : emit.binary(
                  "Divide", emit.binary("Multiply", rows, emit.integers(i)), emit.integers(STRIPS));
      Output seen = emit.binary("Add", past, stop);
      Output own = emit.slice(emit.slice(mask, 2, start, stop), 3, emit.integers(0), seen);
      made.add(new Strip(start, stop, seen, own));
      start = stop;
    }
    return made;
  }

  /** Positions and sequences of a flat batch's tokens, [tokens]; and their values, as keys. */
  record Positions(
      Value positionsValue, Output positions, Value sequencesValue, Output sequences) {}

  /** A padded batch, [batch, heads, tokens, dim]; bias [batch, tokens] or null. */
  Output padded(Attention op, Output q, Output k, Output v, Output bias) {
    Output mask = bias == null ? null : emit.unsqueeze(bias, 1, 2);
    if (op.causal()) {
      Output length = emit.gather(emit.shapeOf(q), emit.ir().integer(2), 0);
      Output order = emit.range(emit.ir().convert(length, I32));
      Output seen = seen(order, order, op.spec().window());
      if (mask == null) {
        mask = added(seen);
      } else {
        mask = emit.select(seen, mask, emit.real(Double.NEGATIVE_INFINITY));
      }
    }
    return attend(op, q, k, v, mask);
  }

  private Output withPast(String name, StateSpec spec, Output fresh, int dim) {
    IrBuilder ir = emit.ir();
    if (mode == StateMode.REQUEST) {
      String shape = "1,%d,?,%d".formatted(spec.kvHeads(), dim);
      Output first =
          takesCaches()
              ? emit.transpose(ir.convert(pastInputs.get(name), F32), 0, 2, 1, 3)
              : ir.constant(F32, new long[] {1, spec.kvHeads(), 0, dim}, ir.piece(0, to -> {}), 0);
      Output past = ir.readState(name, F32, shape, first);
      Output all = emit.concat(2, emit.gather(past, beam.get(), 0), fresh);
      ir.writeState(name, F32, shape, all);
      return all;
    }
    Output past = pastInputs.get(name);
    Output rows = emit.transpose(fresh, 0, 2, 1, 3);
    Output stored = ir.convert(rows, past.type());
    news.set(index(name), stored);
    // What is new is read as it is stored, like what is old.
    Output all = emit.concat(1, past, stored);
    return ir.convert(emit.transpose(all, 0, 2, 1, 3), F32);
  }

  private int index(String name) {
    for (int i = 0; i < caches.size(); i++) {
      if (caches.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException("no cache " + name);
  }

  /** Which stored positions each token sees: [1, 1, tokens, past + tokens]. */
  private Output cachedMask(Attention op, Positions at) {
    int window = op.spec().window();
    return masks.computeIfAbsent(
        List.of("cached", at.positionsValue().id(), window),
        absent -> {
          Output last = emit.reduce("ReduceMax", at.positions(), false, 0);
          Output stop = emit.binary("Add", last, emit.scalar(1, I32));
          return added(seen(at.positions(), emit.range(stop), window));
        });
  }

  /** Which tokens of the batch each token sees: [1, 1, tokens, tokens]. */
  private Output batchMask(Attention op, Positions at) {
    int window = op.causal() ? op.spec().window() : 0;
    return masks.computeIfAbsent(
        List.of("batch", at.positionsValue().id(), at.sequencesValue().id(), window, op.causal()),
        absent -> {
          Output same =
              emit.compare(
                  "Equal", emit.unsqueeze(at.sequences(), 1), emit.unsqueeze(at.sequences(), 0));
          same = emit.unsqueeze(same, 0, 1);
          return op.causal() ? emit.and(same, seen(at.positions(), at.positions(), window)) : same;
        });
  }

  /** A mask as numbers that are added to the scores: three times as fast as one of booleans. */
  private Output added(Output seen) {
    return emit.select(seen, emit.real(0), emit.real(Double.NEGATIVE_INFINITY));
  }

  /** Whether a query sees a key, by their positions; [1, 1, queries, keys]. */
  private Output seen(Output queries, Output keys, int window) {
    Output query = emit.unsqueeze(queries, 1);
    Output key = emit.unsqueeze(keys, 0);
    Output result = emit.compare("LessEqual", key, query);
    if (window > 0) {
      Output first = emit.binary("Subtract", query, emit.scalar(window, I32));
      result = emit.and(result, emit.compare("Greater", key, first));
    }
    return emit.unsqueeze(result, 0, 1);
  }

  private Output attend(Attention op, Output q, Output keys, Output values, Output mask) {
    if (op.softcap() != 0 || part == LoweringOptions.Part.BLOCKS) {
      return products(op, scaled(op, q), keys, values, mask);
    }
    Output k = repeated(keys, op, op.spec().keyDim());
    Output v = values(op, k, values);
    Output scale = emit.real(op.scale());
    if (mask == null) {
      // The mask's place cannot be left empty before the scale's.
      Output none = emit.real(0);
      return sdpa(q, k, v, none, scale);
    }
    return sdpa(q, k, v, mask, scale);
  }

  /** Repeated values, or a view of repeated keys. */
  private Output values(Attention op, Output k, Output values) {
    return values == null
        ? emit.slice(k, 3, 0, op.spec().valueView())
        : repeated(values, op, op.spec().valueDim());
  }

  private Output sdpa(Output q, Output k, Output v, Output mask, Output scale) {
    return emit.ir()
        .layer("ScaledDotProductAttention", "opset13", "causal=\"false\"", q, k, v, mask, scale);
  }

  /** Queries times what their scores are to be multiplied by. */
  private Output scaled(Attention op, Output q) {
    double scale = op.softcap() == 0 ? op.scale() : op.scale() / op.softcap();
    return emit.binary("Multiply", q, emit.real(scale));
  }

  /**
   * Products and a softmax, with scores bounded by {@code cap * tanh(score / cap)}, which the fused
   * layer does not know.
   *
   * @param q {@link #scaled}
   */
  private Output products(Attention op, Output q, Output keys, Output values, Output mask) {
    Output k = repeated(keys, op, op.spec().keyDim());
    Output v = values(op, k, values);
    Output scores = emit.matMul(q, k, true);
    if (op.softcap() != 0) {
      scores = emit.unary("Tanh", "opset1", scores);
      scores = emit.binary("Multiply", scores, emit.real(op.softcap()));
    }
    if (mask != null) {
      scores = emit.binary("Add", scores, mask);
    }
    return emit.matMul(emit.softmax(scores, -1), v, false);
  }

  /** Heads of keys or values, each as often as queries share it. */
  private Output repeated(Output x, Attention op, long dim) {
    long group = op.heads() / op.spec().kvHeads();
    if (group == 1) {
      return x;
    }
    Output wide = emit.unsqueeze(x, 2);
    Output target = emit.integers(1, 1, group, 1, 1);
    wide = emit.ir().layer("Broadcast", "opset3", "mode=\"bidirectional\"", wide, target);
    return emit.reshapeKeeping(wide, 0, op.heads(), -1, dim);
  }
}
