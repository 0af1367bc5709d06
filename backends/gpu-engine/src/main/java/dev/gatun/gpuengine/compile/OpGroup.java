package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Which class lowers which ops, and says which of their nodes it cannot. */
enum OpGroup {
  POINTWISE(PointwiseLowering::refusal, PointwiseLowering::new),
  NORMALIZATION(NormalizationLowering::refusal, NormalizationLowering::new),
  SHAPE(ShapeLowering::refusal, ShapeLowering::new),
  MATRIX(MatrixLowering::refusal, MatrixLowering::new),
  ATTENTION(AttentionLowering::refusal, AttentionLowering::new);

  private final BiFunction<Acceptance, Node, String> refusal;
  private final Function<GpuLowering, OpLowering> maker;

  OpGroup(BiFunction<Acceptance, Node, String> refusal, Function<GpuLowering, OpLowering> maker) {
    this.refusal = refusal;
    this.maker = maker;
  }

  /** The group of an op; empty when no kernels are for it. */
  static Optional<OpGroup> of(Op op) {
    OpGroup group =
        switch (op) {
          case GatedActivation _ -> POINTWISE;
          case RmsNormalization _, LayerNormalization _ -> NORMALIZATION;
          case Gather _ -> SHAPE;
          case MatMul _ -> MATRIX;
          case RotaryEmbedding _, Attention _ -> ATTENTION;
          default -> null;
        };
    return Optional.ofNullable(group);
  }

  /** Why a node of the group has no kernel; empty when it has. */
  String refusal(Acceptance acceptance, Node node) {
    return refusal.apply(acceptance, node);
  }

  OpLowering lowering(GpuLowering lowering) {
    return maker.apply(lowering);
  }
}
