package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import java.util.List;
import java.util.Map;

/**
 * An op exactly as ONNX defines it (operator set 22, unless its record says otherwise): the same
 * inputs in the same order, the same outputs, the same attributes. So all of them are written to an
 * ONNX model in one way, and run by their {@link #reference} where a backend has no kernel.
 *
 * <p>Sizes that ONNX computes from the content of inputs are declared: records keep them as {@code
 * dims}, symbols that depend on data where the content is not known. A run is checked against them.
 */
public sealed interface OnnxOp extends Op
    permits Bits,
        Comparison,
        Elementwise,
        Where,
        Mod,
        NumberTest,
        ArgReduce,
        TopK,
        CumSum,
        GatherElements,
        GatherNd,
        ScatterElements,
        ScatterNd,
        Expand,
        Tile,
        Pad,
        StridedSlice,
        SplitParts,
        DynamicReshape,
        ChangeRank,
        ReduceAxes,
        OneHot,
        EyeLike,
        Trilu,
        Range,
        ConstantOfShape,
        Einsum,
        Det,
        Hardmax,
        LocalResponseNormalization,
        QuantizeLinear,
        DequantizeLinear,
        DynamicQuantizeLinear,
        MatMulInteger,
        QLinearMatMul,
        IntegerConv,
        ComputedResize,
        GridSample,
        AffineGrid,
        RoiAlign,
        MaxUnpool,
        NonMaxSuppression,
        NonZero,
        Unique,
        Compress,
        ReverseSequence,
        Col2Im,
        CenterCropPad,
        Dft,
        Stft,
        WindowFunction,
        MelWeightMatrix,
        NegativeLogLikelihoodLoss,
        TfIdfVectorizer {

  /**
   * Attributes by ONNX's names: Long, Double, String, Tensor, or lists of Long or Double. Those
   * that have ONNX's default may be missing.
   */
  Map<String, Object> attributes();

  /** Reads and writes everything once, with one operation per element of the result. */
  @Override
  default Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(outputs.stream().mapToDouble(Costs::elements).sum(), inputs, outputs);
  }
}
