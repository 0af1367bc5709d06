package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * What a node does. Names and semantics follow ONNX where ONNX has the op; attributes are typed
 * record components.
 *
 * <p>Lowering is an exhaustive {@code switch} over the records, so a new op breaks the build
 * wherever it must be handled. Ops are immutable values.
 */
public sealed interface Op
    permits Unary,
        Binary,
        Reduce,
        Softmax,
        MatMul,
        Gather,
        Reshape,
        Transpose,
        Concat,
        Slice,
        Cast,
        LayerNormalization,
        RmsNormalization,
        RotaryEmbedding,
        Attention,
        GatedActivation,
        MixtureOfExperts,
        If,
        Loop,
        Scan,
        Conv,
        ConvTranspose,
        Pool,
        BatchNormalization,
        Recurrent,
        Resize,
        Extents,
        Fail,
        OnnxOp,
        ForeignOp {

  /** The op's name: ONNX's where it has the op. */
  String type();

  /**
   * Types of the outputs.
   *
   * @param inputs one per input; null for an optional one that is absent
   * @throws GraphException when the inputs do not fit the op; the message says which and why
   */
  List<ValueType> infer(List<ValueType> inputs);

  /**
   * The work of one run.
   *
   * @param inputs one per input; null for an optional one that is absent
   */
  Cost cost(List<TypedShape> inputs, List<TypedShape> outputs);

  /**
   * The outputs, computed plainly in double precision: what every backend is compared with.
   *
   * @throws GraphException when an input's content does not fit, such as an index out of range
   */
  List<Array> reference(ReferenceCall call);

  /**
   * A type and a shape without symbols.
   *
   * @param constant whether the value is a constant of the graph: its bytes are weights
   */
  record TypedShape(DType dtype, Shape shape, boolean constant) {
    /** Of a value that is computed or given. */
    public TypedShape(DType dtype, Shape shape) {
      this(dtype, shape, false);
    }

    /** Stored bytes. */
    public long bytes() {
      return dtype.byteSize(shape.elements());
    }
  }
}
