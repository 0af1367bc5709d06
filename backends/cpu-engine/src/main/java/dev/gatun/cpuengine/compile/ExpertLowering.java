package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.step.ExpertGateStep;
import dev.gatun.cpuengine.step.ExpertInputStep;
import dev.gatun.cpuengine.step.ExpertMatMulStep;
import dev.gatun.cpuengine.step.ExpertSumStep;
import dev.gatun.cpuengine.step.GroupStep;
import dev.gatun.cpuengine.step.PreparedRows;
import dev.gatun.cpuengine.step.RouteStep;
import dev.gatun.cpuengine.step.Routing;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.weight.PackedMatrix;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Mixtures of experts: route each token, sort the pairs of token and expert by expert, run each
 * expert on its rows, add up.
 */
final class ExpertLowering {
  private final Lowering lowering;

  ExpertLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  /** One of the three matrices of all experts. */
  private record Experts(MatMulKernel kernel, List<PackedMatrix> matrices, int n, int k) {}

  void mixture(Node node, MixtureOfExperts op) {
    Operand x = lowering.operand(node.input(0));
    Extent tokens = lowering.rows(node.input(0).type());
    Operand table =
        lowering
            .storages()
            .arena(bound -> Routing.bytes(bound.of(tokens), op.experts(), op.used()));
    var routing = new Routing(table, tokens, op.experts(), op.used());
    route(node, op, routing, tokens);
    Experts gate = experts(node.input(2));
    Experts up = experts(node.input(3));
    Experts down = experts(node.input(4));
    List<MatMulKernel> kernels = new ArrayList<>(List.of(gate.kernel()));
    if (!up.kernel().preparation().equals(gate.kernel().preparation())) {
      kernels.add(up.kernel());
    }
    Operand grouped = rows(routing, 4L * gate.k());
    List<PreparedRows> prepared = new ArrayList<>();
    kernels.forEach(kernel -> prepared.add(prepared(routing, kernel, gate.k())));
    List<Access> written = new ArrayList<>(List.of(Access.whole(grouped)));
    prepared.forEach(form -> written.add(Access.whole(form.memory())));
    lowering.steps.add(
        new ExpertInputStep(
            info(
                node,
                gate.kernel().name() + ".prepare",
                List.of(Access.whole(x), Access.whole(table)),
                written),
            routing,
            x,
            grouped,
            List.copyOf(prepared),
            gate.k()));
    Operand gated = multiply(node, routing, gate, grouped, prepared.getFirst());
    Operand upped = multiply(node, routing, up, grouped, prepared.getLast());
    PreparedRows form = prepared(routing, down.kernel(), down.k());
    lowering.steps.add(
        new ExpertGateStep(
            info(
                node,
                lowering.kernels.name() + ".elementwise",
                List.of(Access.whole(upped), Access.whole(gated), Access.whole(table)),
                List.of(Access.whole(gated), Access.whole(form.memory()))),
            routing,
            lowering.kernels.elementwise(),
            op.activation(),
            gated,
            upped,
            List.of(form),
            down.k()));
    Operand result = multiply(node, routing, down, gated, form);
    Operand y = lowering.result(node.output());
    lowering.steps.add(
        new ExpertSumStep(
            info(
                node,
                lowering.kernels.name() + ".elementwise",
                List.of(Access.whole(result), Access.whole(table)),
                List.of(Access.aligned(y))),
            routing,
            lowering.kernels.elementwise(),
            result,
            y,
            tokens,
            down.n()));
  }

  private void route(Node node, MixtureOfExperts op, Routing routing, Extent tokens) {
    Operand logits = lowering.operand(node.input(1));
    Operand bias = node.input(5).isAbsent() ? null : lowering.operand(node.input(5));
    int slot = lowering.working(() -> new double[op.experts()]);
    lowering.steps.add(
        new RouteStep(
            info(
                node,
                "engine.route",
                List.of(Access.aligned(logits)),
                List.of(Access.whole(routing.table()))),
            op,
            logits,
            bias,
            routing,
            slot,
            tokens));
    lowering.steps.add(
        new GroupStep(
            info(
                node,
                "engine.group",
                List.of(Access.whole(routing.table())),
                List.of(Access.whole(routing.table()))),
            routing));
  }

  private Experts experts(Value value) {
    Tensor all = lowering.views().constant(value).orElseThrow();
    int count = Math.toIntExact(all.shape().dim(0));
    int n = Math.toIntExact(all.shape().dim(1));
    int k = Math.toIntExact(all.shape().dim(2));
    MatMulKernel kernel = lowering.kernels.matMul(all.dtype(), n, k);
    long bytes = all.rowBytes() * n;
    List<PackedMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var one = new Tensor(all.dtype(), Shape.of(n, k), all.data().asSlice(i * bytes, bytes));
      matrices.add(lowering.weights.matrix(kernel, one, false));
    }
    return new Experts(kernel, matrices, n, k);
  }

  /** Memory for one row of each pair, each expert's first row at a 64-byte boundary. */
  private Operand rows(Routing routing, long rowBytes) {
    long pitch = Routing.pitch(rowBytes);
    return lowering.storages().arena(bound -> pitch * bound.of(routing.tokens()) * routing.used());
  }

  private PreparedRows prepared(Routing routing, MatMulKernel kernel, int k) {
    long pitch = Routing.pitch(kernel, k);
    return new PreparedRows(kernel, rows(routing, pitch), pitch);
  }

  private Operand multiply(
      Node node, Routing routing, Experts experts, Operand x, PreparedRows prepared) {
    Operand y = rows(routing, 4L * experts.n());
    lowering.steps.add(
        new ExpertMatMulStep(
            info(
                node,
                experts.kernel().name(),
                List.of(
                    Access.whole(x),
                    Access.whole(prepared.memory()),
                    Access.whole(routing.table())),
                List.of(Access.whole(y))),
            routing,
            experts.kernel(),
            experts.matrices(),
            x,
            prepared,
            y));
    return y;
  }
}
