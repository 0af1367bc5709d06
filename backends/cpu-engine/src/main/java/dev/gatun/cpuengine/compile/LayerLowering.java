package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.layer.ConvShape;
import dev.gatun.cpuengine.layer.ConvStep;
import dev.gatun.cpuengine.layer.DepthwiseStep;
import dev.gatun.cpuengine.layer.Epilogue;
import dev.gatun.cpuengine.layer.PointwiseStep;
import dev.gatun.cpuengine.layer.PoolStep;
import dev.gatun.cpuengine.layer.ResizeStep;
import dev.gatun.cpuengine.layer.SpreadStep;
import dev.gatun.cpuengine.step.Extent;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Windows;
import java.util.ArrayList;
import java.util.List;

/** Convolutions, pools and interpolation, with what can follow them while results are in cache. */
final class LayerLowering {
  private final Lowering lowering;

  LayerLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  private List<Extent> spatial(ValueType type) {
    return type.dims().subList(2, type.rank()).stream().map(lowering.extents::of).toList();
  }

  private StepInfo info(
      Node node, EpilogueFusion fused, String unit, List<Operand> reads, Operand write) {
    List<Access> accesses = new ArrayList<>();
    reads.forEach(operand -> accesses.add(Access.whole(operand)));
    accesses.addAll(fused.reads());
    List<String> nodes = new ArrayList<>(List.of(node.name()));
    nodes.addAll(fused.nodes());
    return new StepInfo(nodes, unit, accesses, List.of(Access.whole(write)));
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
    Operand w = depthwise ? depthwiseWeights(node, op.windows()) : lowering.operand(node.input(1));
    var fused = new EpilogueFusion(lowering, node, node.input(2));
    Operand y = lowering.result(fused.result());
    var epilogue = new Epilogue(lowering.kernels.elementwise(), fused.parts());
    Extent batch = lowering.extents.of(x.type().dim(0));
    var shape = new ConvShape(op.windows(), batch, op.groups(), in, out, spatial(x.type()));
    var kernel = lowering.kernels.denseMatMul();
    if (isPointwise(op.windows())) {
      lowering.steps.add(
          new PointwiseStep(
              info(node, fused, unit("conv.pointwise"), List.of(source, w), y),
              kernel,
              epilogue,
              batch,
              op.groups(),
              in,
              out,
              lowering.extents.of(x.type().dims().subList(2, x.type().rank())),
              source,
              w,
              y));
    } else if (depthwise) {
      lowering.steps.add(
          new DepthwiseStep(
              info(node, fused, unit("conv.depthwise"), List.of(source, w), y),
              kernel,
              epilogue,
              shape,
              source,
              w,
              y));
    } else {
      lowering.steps.add(
          new ConvStep(
              info(node, fused, unit("conv"), List.of(source, w), y),
              kernel,
              epilogue,
              shape,
              source,
              w,
              y));
    }
  }

  private static int size(Dim dim) {
    return Math.toIntExact(dim.max());
  }

  private static boolean isPointwise(Windows windows) {
    for (int i = 0; i < windows.rank(); i++) {
      boolean one =
          windows.kernel().get(i) == 1
              && windows.strides().get(i) == 1
              && windows.padBegin().get(i) == 0
              && windows.padEnd().get(i) == 0;
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /** Weights of a channel with each row of taps sorted by phase. */
  private Operand depthwiseWeights(Node node, Windows windows) {
    float[] stored = lowering.views.constant(node.input(1)).orElseThrow().toFloats();
    int last = windows.rank() - 1;
    int kernel = Math.toIntExact(windows.kernel().get(last));
    int[] order =
        DepthwiseStep.order(
            kernel,
            Math.toIntExact(windows.dilations().get(last)),
            Math.toIntExact(windows.strides().get(last)));
    float[] sorted = new float[stored.length];
    for (int i = 0; i < stored.length; i++) {
      sorted[i] = stored[i / kernel * kernel + order[i % kernel]];
    }
    return lowering.floats(sorted);
  }

  void transpose(Node node, ConvTranspose op) {
    Value x = node.input(0);
    ValueType type = node.output().type();
    float[] stored = lowering.views.constant(node.input(1)).orElseThrow().toFloats();
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
    Operand w = lowering.floats(turned);
    Extent batch = lowering.extents.of(x.type().dim(0));
    Extent pixels = lowering.extents.of(x.type().dims().subList(2, x.type().rank()));
    List<Dim> dims = new ArrayList<>(x.type().dims());
    dims.set(1, Dim.of((long) columns * op.groups()));
    Operand spread = lowering.storages.arena(new ValueType(x.type().dtype(), dims));
    lowering.steps.add(
        new PointwiseStep(
            new StepInfo(
                List.of(node.name()),
                unit("conv.transpose"),
                List.of(Access.whole(source), Access.whole(w)),
                List.of(Access.whole(spread))),
            lowering.kernels.denseMatMul(),
            new Epilogue(lowering.kernels.elementwise(), List.of()),
            batch,
            op.groups(),
            in,
            columns,
            pixels,
            source,
            w,
            spread));
    var fused = new EpilogueFusion(lowering, node, node.input(2));
    Operand y = lowering.result(fused.result());
    lowering.steps.add(
        new SpreadStep(
            info(node, fused, unit("conv.transpose"), List.of(spread), y),
            new Epilogue(lowering.kernels.elementwise(), fused.parts()),
            op.windows(),
            batch,
            size(type.dim(1)),
            spatial(type),
            spatial(x.type()),
            spread,
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
            lowering.extents.of(x.type().dims().subList(0, 2)),
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
            lowering.extents.of(x.dims().subList(0, axis)),
            lowering.extents.of(x.dim(axis)),
            lowering.extents.of(x.dim(axis + 1)),
            lowering.extents.of(type.dim(axis)),
            lowering.extents.of(type.dim(axis + 1)),
            in,
            y));
  }
}
