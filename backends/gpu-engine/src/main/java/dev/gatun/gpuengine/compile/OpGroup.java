package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Node;
import dev.gatun.graph.op.AffineGrid;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Bits;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.CenterCropPad;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Compress;
import dev.gatun.graph.op.ComputedResize;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.Det;
import dev.gatun.graph.op.Dft;
import dev.gatun.graph.op.DynamicQuantizeLinear;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Einsum;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.EyeLike;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.GridSample;
import dev.gatun.graph.op.Hardmax;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.IntegerConv;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.LocalResponseNormalization;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MatMulInteger;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Mod;
import dev.gatun.graph.op.NegativeLogLikelihoodLoss;
import dev.gatun.graph.op.NonMaxSuppression;
import dev.gatun.graph.op.NonZero;
import dev.gatun.graph.op.NumberTest;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.QLinearMatMul;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.graph.op.Range;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.ReduceAxes;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RoiAlign;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.Stft;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.TopK;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Trilu;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Where;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Which class lowers which ops, and says which of their nodes it cannot. */
// References to static methods and constructors: they keep nothing.
@SuppressWarnings("ImmutableEnumChecker")
enum OpGroup {
  POINTWISE(PointwiseLowering::refusal, PointwiseLowering::new),
  NORMALIZATION(NormalizationLowering::refusal, NormalizationLowering::new),
  SHAPE(ShapeLowering::refusal, ShapeLowering::new),
  PICK(PickLowering::refusal, PickLowering::new),
  REDUCE(ReduceLowering::refusal, ReduceLowering::new),
  MATRIX(MatrixLowering::refusal, MatrixLowering::new),
  QUANTIZE(QuantizeLowering::refusal, QuantizeLowering::new),
  LAYER(LayerLowering::refusal, LayerLowering::new),
  RESIZE(ResizeLowering::refusal, ResizeLowering::new),
  RECURRENT(RecurrentLowering::refusal, RecurrentLowering::new),
  BATCH_ATTENTION(BatchAttentionLowering::refusal, BatchAttentionLowering::new),
  ATTENTION(AttentionLowering::refusal, AttentionLowering::new),
  EXPERT(ExpertLowering::refusal, ExpertLowering::new),
  LOSS(LossLowering::refusal, LossLowering::new),
  GRID_SAMPLE(GridSampleLowering::refusal, GridSampleLowering::new),
  ROI_ALIGN(RoiAlignLowering::refusal, RoiAlignLowering::new),
  EINSUM(EinsumLowering::refusal, EinsumLowering::new),
  DET(DetLowering::refusal, DetLowering::new),
  AFFINE_GRID(AffineGridLowering::refusal, AffineGridLowering::new),
  FOURIER(FourierLowering::refusal, FourierLowering::new),
  FILL(FillLowering::refusal, FillLowering::new),
  SELECT(SelectLowering::refusal, SelectLowering::new),
  CONTROL(ControlLowering::refusal, ControlLowering::new);

  private final BiFunction<Acceptance, Node, String> refusal;
  private final Function<GpuLowering, OpLowering> maker;

  OpGroup(BiFunction<Acceptance, Node, String> refusal, Function<GpuLowering, OpLowering> maker) {
    this.refusal = refusal;
    this.maker = maker;
  }

  /** The group of a node; empty when no kernels are for it. */
  static Optional<OpGroup> of(Node node) {
    OpGroup group =
        switch (node.op()) {
          case GatedActivation _, Unary _, Binary _, Cast _ -> POINTWISE;
          case Elementwise _, Comparison _, Where _ -> POINTWISE;
          case Mod _, Bits _, NumberTest _ -> POINTWISE;
          case RmsNormalization _, LayerNormalization _, BatchNormalization _ -> NORMALIZATION;
          case LocalResponseNormalization _ -> NORMALIZATION;
          case Transpose _, Slice _, Concat _, StridedSlice _, SplitParts _ -> SHAPE;
          case CenterCropPad _ -> SHAPE;
          case Expand _, Tile _, Pad _, Trilu _, DynamicReshape _, ChangeRank _ -> SHAPE;
          case Gather _, GatherElements _, GatherNd _ -> PICK;
          case ScatterElements _, ScatterNd _, OneHot _, ReverseSequence _ -> PICK;
          case Reduce _, Softmax _, Hardmax _, ArgReduce _, TopK _, CumSum _ -> REDUCE;
          case ReduceAxes _ -> REDUCE;
          case MatMul _ -> MATRIX;
          case QuantizeLinear _, DequantizeLinear _, DynamicQuantizeLinear _ -> QUANTIZE;
          case MatMulInteger _, QLinearMatMul _ -> QUANTIZE;
          case Conv _, ConvTranspose _, Pool _, IntegerConv _ -> LAYER;
          case Resize _, ComputedResize _ -> RESIZE;
          case Recurrent _ -> RECURRENT;
          case Attention attention when attention.state().isEmpty() -> BATCH_ATTENTION;
          case RotaryEmbedding _, Attention _ -> ATTENTION;
          case MixtureOfExperts _ -> EXPERT;
          case NegativeLogLikelihoodLoss _ -> LOSS;
          case GridSample _ -> GRID_SAMPLE;
          case RoiAlign _ -> ROI_ALIGN;
          case Einsum _ -> EINSUM;
          case Det _ -> DET;
          case AffineGrid _ -> AFFINE_GRID;
          case Dft _, Stft _ -> FOURIER;
          case Extents _, Range _, ConstantOfShape _, EyeLike _ -> FILL;
          case NonZero _, Compress _, NonMaxSuppression _ -> SELECT;
          case If _, Loop _, Scan _ -> CONTROL;
          default -> null;
        };
    return Optional.ofNullable(group);
  }

  /** Whether its nodes tell sizes of results that neither inputs nor numbers tell. */
  boolean findsSizes() {
    return this == SELECT || this == CONTROL || this == POINTWISE;
  }

  /** Why a node of the group has no kernel; empty when it has. */
  String refusal(Acceptance acceptance, Node node) {
    return refusal.apply(acceptance, node);
  }

  OpLowering lowering(GpuLowering lowering) {
    return maker.apply(lowering);
  }
}
