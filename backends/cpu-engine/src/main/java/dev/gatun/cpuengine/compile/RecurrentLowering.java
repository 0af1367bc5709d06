package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.layer.LstmStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Recurrent;
import java.util.ArrayList;
import java.util.List;

/** LSTM layers. */
final class RecurrentLowering {
  private static final int GATES = 4;

  private final Lowering lowering;

  RecurrentLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  void recurrent(Node node, Recurrent op) {
    Value x = node.input(0);
    int in = Math.toIntExact(node.input(1).type().dim(2).max());
    Operand source = lowering.operand(x);
    Operand w = lowering.floats(turned(node.input(1), op, in));
    Operand r = lowering.floats(turned(node.input(2), op, op.hidden()));
    Operand bias = node.input(3).isAbsent() ? null : lowering.floats(bias(node.input(3), op));
    List<Access> reads = new ArrayList<>(List.of(Access.whole(source)));
    Operand h = optional(node.input(5), reads);
    Operand c = optional(node.input(6), reads);
    Operand y = lowering.result(node.outputs().get(0));
    Operand lastH = lowering.result(node.outputs().get(1));
    Operand lastC = lowering.result(node.outputs().get(2));
    lowering.steps.add(
        new LstmStep(
            info(
                node,
                lowering.kernels.name() + ".lstm",
                reads,
                List.of(Access.whole(y), Access.whole(lastH), Access.whole(lastC))),
            lowering.kernels.denseMatMul(),
            lowering.kernels.elementwise(),
            op.directions(),
            op.direction() == Recurrent.Direction.REVERSE,
            lowering.extents().of(x.type().dim(0)),
            lowering.extents().of(x.type().dim(1)),
            in,
            op.hidden(),
            source,
            w,
            r,
            bias,
            h,
            c,
            y,
            lastH,
            lastC));
  }

  private Operand optional(Value value, List<Access> reads) {
    if (value.isAbsent()) {
      return null;
    }
    Operand at = lowering.operand(value);
    reads.add(Access.whole(at));
    return at;
  }

  /** Per direction [4 hidden, k] as [k, 4 hidden]. */
  private float[] turned(Value value, Recurrent op, int k) {
    float[] stored = lowering.views().constant(value).orElseThrow().toFloats();
    float[] turned = new float[stored.length];
    int rows = GATES * op.hidden();
    for (int i = 0; i < stored.length; i++) {
      int direction = i / (rows * k);
      int row = i / k % rows;
      turned[(direction * k + i % k) * rows + row] = stored[i];
    }
    return turned;
  }

  /** The sum of both biases. */
  private float[] bias(Value value, Recurrent op) {
    float[] stored = lowering.views().constant(value).orElseThrow().toFloats();
    int rows = GATES * op.hidden();
    float[] sum = new float[op.directions() * rows];
    for (int i = 0; i < sum.length; i++) {
      int at = i / rows * 2 * rows + i % rows;
      sum[i] = stored[at] + stored[at + rows];
    }
    return sum;
  }
}
