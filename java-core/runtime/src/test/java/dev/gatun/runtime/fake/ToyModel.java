package dev.gatun.runtime.fake;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Optional;
import java.util.Random;

/** A small language model of attention layers with fixed random weights. */
public final class ToyModel {
  public static final int VOCABULARY = 11;
  private static final int WIDTH = 8;
  private static final int HEADS = 2;

  private ToyModel() {}

  public static Graph graph(int layers) {
    return graph(layers, 64);
  }

  /**
   * The model for submissions of another size.
   *
   * @param most tokens of one submission
   */
  public static Graph graph(int layers, int most) {
    Random random = new Random(7);
    GraphBuilder builder = new GraphBuilder("toy");
    Dim tokens = Dim.symbol("tokens", 1, most);
    Dim rows = Dim.symbol("rows", 0, most);
    Value ids = builder.input("tokens", DType.I32, tokens);
    Value positions = builder.input("positions", DType.I32, tokens);
    Value sequences = builder.input("sequences", DType.I32, tokens);
    Value wanted = builder.input("rows", DType.I32, rows);
    Value x = builder.gather("embed", weight(builder, random, "table", VOCABULARY), ids);
    StateSpec spec = new StateSpec(HEADS, WIDTH / HEADS, WIDTH / HEADS, 0, 0, DType.F32);
    for (int layer = 0; layer < layers; layer++) {
      State state = builder.state("kv" + layer, spec);
      builder.scope("blk." + layer + ".");
      Value q = builder.linear("q", x, weight(builder, random, "wq" + layer, WIDTH));
      Value k = builder.linear("k", x, weight(builder, random, "wk" + layer, WIDTH));
      Value v = builder.linear("v", x, weight(builder, random, "wv" + layer, WIDTH));
      Attention attention = new Attention(HEADS, spec, 0.5f, 0, true, Optional.of(state.name()));
      Value seen = builder.attention("attention", attention, q, k, v, positions, sequences);
      x = builder.add("residual", x, seen);
    }
    builder.scope("");
    Value last = builder.gather("pick", x, wanted);
    builder.output(builder.linear("logits", last, weight(builder, random, "head", VOCABULARY)));
    return builder.build();
  }

  private static Value weight(GraphBuilder builder, Random random, String name, int rows) {
    float[] values = new float[rows * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return builder.constant(name, Tensor.ofFloats(Shape.of(rows, WIDTH), values));
  }
}
