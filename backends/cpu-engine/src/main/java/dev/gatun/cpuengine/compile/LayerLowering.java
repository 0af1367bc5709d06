package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.layer.ConvShape;
import dev.gatun.cpuengine.layer.ConvStep;
import dev.gatun.cpuengine.layer.Epilogue;
import dev.gatun.cpuengine.layer.PoolStep;
import dev.gatun.cpuengine.layer.ResizeStep;
import dev.gatun.cpuengine.layer.SpreadStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.finish.FinishFusion;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Windows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Convolutions, pools and interpolation, with what can follow them while results are in cache. */
final class LayerLowering {
  private final Lowering lowering;

  LayerLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  private List<Extent> spatial(ValueType type) {
    return type.dims().subList(2, type.rank()).stream().map(lowering.extents()::of).toList();
  }

  private StepInfo info(
      Node node, FinishFusion fused, String unit, List<Operand> reads, Operand write) {
    List<Access> accesses = new ArrayList<>();
    reads.forEach(operand -> accesses.add(Access.whole(operand)));
    fused.others().forEach(operand -> accesses.add(Access.whole(operand)));
    List<String> nodes = new ArrayList<>(List.of(node.name()));
    fused.nodes().forEach(each -> nodes.add(each.name()));
    return new StepInfo(nodes, unit, accesses, List.of(Access.whole(write)));
  }

  private FinishFusion fusion(Node node) {
    return new FinishFusion(
        lowering, node, FinishFusion.Limits.NONE, taken -> lowering.fused.add(taken.id()));
  }

  private String unit(String kernel) {
    return lowering.kernels.name() + "." + kernel;
  }

  void conv(Node node, Conv op) {
    Value x = node.input(0);
    ValueType weights = node.input(1).type();
    int out = size(weights.dim(0)) / op.groups();
    int in = size(weights.dim(1));
    boolean depthwise = in == 1 && op.windows().rank() < 3 && op.groups() > 1;
    Operand source = lowering.operand(x);
    Operand w =
        depthwise
            ? lowering.operand(node.input(1))
            : packed(floats(node.input(1)), op.groups(), out);
    Operand bias = bias(node.input(2), op.groups() * out);
    var fused = fusion(node);
    Operand y = lowering.result(fused.result());
    Extent batch = lowering.extents().of(x.type().dim(0));
    String name = depthwise ? "conv.depthwise" : "conv";
    var shape =
        new ConvShape(op.windows(), batch, op.groups(), in, out, depthwise, spatial(x.type()));
    lowering.steps.add(
        new ConvStep(
            info(node, fused, unit(name), List.of(source, w, bias), y),
            lowering.kernels.convolution(),
            new Epilogue(fused.parts(), fused.others()),
            shape,
            ConvStep.fixed(shape),
            source,
            w,
            bias,
            y));
  }

  private static int size(Dim dim) {
    return Math.toIntExact(dim.max());
  }

  private float[] floats(Value constant) {
    return lowering.views().constant(constant).orElseThrow().toFloats();
  }

  /** Zeros where there is no bias. */
  private Operand bias(Value bias, int channels) {
    return bias.isAbsent() ? lowering.floats(new float[channels]) : lowering.operand(bias);
  }

  /** Weights [groups * out, depth], packed group by group. */
  private Operand packed(float[] weights, int groups, int out) {
    int depth = weights.length / Math.max(1, groups * out);
    return lowering.written(
        4L * weights.length,
        memory -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment stored = arena.allocate(Math.max(4L, 4L * weights.length), 64);
            MemorySegment.copy(
                weights, 0, stored, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, weights.length);
            for (int group = 0; group < groups; group++) {
              long at = 4L * group * out * depth;
              lowering.kernels.convolution().pack(stored, at, out, depth, memory, at);
            }
          }
        });
  }

  /** A product with each tap, then the sum of what the taps give. */
  void transpose(Node node, ConvTranspose op) {
    Value x = node.input(0);
    ValueType type = node.output().type();
    float[] stored = floats(node.input(1));
    int channels = size(x.type().dim(1));
    int in = channels / op.groups();
    int columns = stored.length / channels;
    // From [in, columns] per group to [columns, in].
    float[] turned = new float[stored.length];
    for (int i = 0; i < stored.length; i++) {
      int group = i / (in * columns);
      int c = i / columns % in;
      turned[(group * columns + i % columns) * in + c] = stored[i];
    }
    Operand source = lowering.operand(x);
    Operand w = packed(turned, op.groups(), columns);
    Operand none = lowering.floats(new float[columns * op.groups()]);
    Extent batch = lowering.extents().of(x.type().dim(0));
    List<Dim> dims = new ArrayList<>(x.type().dims());
    dims.set(1, Dim.of((long) columns * op.groups()));
    Operand spread = lowering.storages().arena(new ValueType(x.type().dtype(), dims));
    List<Long> ones = Collections.nCopies(op.windows().rank(), 1L);
    List<Long> zeros = Collections.nCopies(op.windows().rank(), 0L);
    var one = new Windows(ones, ones, ones, zeros, zeros, Windows.Auto.NOTSET, false);
    var shape = new ConvShape(one, batch, op.groups(), in, columns, false, spatial(x.type()));
    lowering.steps.add(
        new ConvStep(
            new StepInfo(
                List.of(node.name()),
                unit("conv.transpose"),
                List.of(Access.whole(source), Access.whole(w), Access.whole(none)),
                List.of(Access.whole(spread))),
            lowering.kernels.convolution(),
            Epilogue.NONE,
            shape,
            ConvStep.fixed(shape),
            source,
            w,
            none,
            spread));
    Operand bias = bias(node.input(2), size(type.dim(1)));
    var fused = fusion(node);
    Operand y = lowering.result(fused.result());
    lowering.steps.add(
        new SpreadStep(
            info(node, fused, unit("conv.transpose"), List.of(spread, bias), y),
            lowering.kernels.convolution(),
            new Epilogue(fused.parts(), fused.others()),
            op.windows(),
            batch,
            size(type.dim(1)),
            spatial(type),
            spatial(x.type()),
            spread,
            bias,
            y));
  }

  void pool(Node node, Pool op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.result(node.output());
    lowering.steps.add(
        new PoolStep(
            Lowering.info(node, "engine.pool", List.of(Access.whole(in)), List.of(Access.whole(y))),
            op.kind() == Pool.Kind.AVERAGE,
            op.windows(),
            lowering.extents().of(x.type().dims().subList(0, 2)),
            spatial(x.type()),
            in,
            y));
  }

  void resize(Node node, Resize op) {
    ValueType x = node.input(0).type();
    ValueType type = node.output().type();
    int axis = x.rank() - 2;
    Operand in = lowering.operand(node.input(0));
    Operand y = lowering.result(node.output());
    lowering.steps.add(
        new ResizeStep(
            Lowering.info(
                node, "engine.resize", List.of(Access.whole(in)), List.of(Access.whole(y))),
            op,
            axis,
            lowering.extents().of(x.dims().subList(0, axis)),
            lowering.extents().of(x.dim(axis)),
            lowering.extents().of(x.dim(axis + 1)),
            lowering.extents().of(type.dim(axis)),
            lowering.extents().of(type.dim(axis + 1)),
            in,
            y));
  }
}
