package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Products with weights and rows of them. */
final class MatrixLowering {
  private final Emitter emitter;
  private final ExportOptions options;

  MatrixLowering(Emitter emitter, ExportOptions options) {
    this.emitter = emitter;
    this.options = options;
  }

  Operand product(Node node, MatMul op) {
    Value b = node.input(1);
    Operand x = emitter.single(node.input(0));
    int rank = b.type().rank();
    int rows = node.input(0).type().rank();
    Optional<WeightForm> form = op.transposeB() ? form(b) : Optional.empty();
    if (form.filter(this::isFast).isPresent()) {
      Tensor weights = emitter.graph().constant(b).orElseThrow().data();
      return packed(x, rows, b.name(), weights, form.get());
    }
    Operand matrix = emitter.single(b);
    if (op.transposeB() && rank == 2 && rows == 2) {
      return gemm(x, matrix);
    }
    if (op.transposeB()) {
      matrix = transposed(matrix, rank);
    }
    return emitter.emit("MatMul", DType.F32, x, matrix);
  }

  /** In single precision ONNX Runtime decodes 8-bit codes anew for every row of x. */
  private boolean isFast(WeightForm form) {
    return form.bits() < 8 || options.accuracyLevel() == 4;
  }

  /** {@code x w^T} for x of rank 2 and weights [rows, width] of any format. */
  Operand linear(Operand x, String name, Tensor weights) {
    Optional<WeightForm> form = WeightForm.of(weights.dtype()).filter(this::isFast);
    return form.isPresent()
        ? packed(x, 2, name, weights, form.get())
        : gemm(x, emitter.cast(Weights.plain(emitter, name, weights), DType.F32));
  }

  private Operand gemm(Operand x, Operand matrix) {
    return emitter.emit("Gemm", Attributes.none().with("transB", 1), DType.F32, x, matrix);
  }

  /** The form of a constant matrix of a block format. */
  private Optional<WeightForm> form(Value value) {
    return value.type().rank() == 2 && emitter.graph().constant(value).isPresent()
        ? WeightForm.of(value.type().dtype())
        : Optional.empty();
  }

  private Operand transposed(Operand matrix, int rank) {
    List<Long> order = new java.util.ArrayList<>(LongStream.range(0, rank).boxed().toList());
    order.set(rank - 1, rank - 2L);
    order.set(rank - 2, rank - 1L);
    return emitter.once(
        List.of("transposed", matrix),
        () ->
            emitter.emit(
                "Transpose", Attributes.none().with("perm", order), matrix.dtype(), matrix));
  }

  /** {@code x w^T} for weights [rows, width] as codes. */
  private Operand packed(Operand x, int rank, String name, Tensor weights, WeightForm form) {
    BlockCodes codes = new BlockCodes(weights, form);
    long rows = weights.shape().dim(0);
    Attributes attributes =
        Attributes.none()
            .with("K", weights.shape().dim(1))
            .with("N", rows)
            .with("bits", form.bits())
            .with("block_size", form.block())
            .with("accuracy_level", options.accuracyLevel());
    Operand product =
        emitter.emit(
            Emitter.CONTRIB + "MatMulNBits",
            attributes,
            DType.F32,
            x,
            Weights.codes(emitter, name, codes, rows, form),
            Weights.scales(emitter, name, codes, rows));
    if (!form.offset()) {
      return product;
    }
    Operand sums = sums(x, rank, codes.blocks(), form.block());
    Operand offsets = Weights.offsets(emitter, name, codes, rows);
    if (rank == 2) {
      return emitter.emit(
          "Gemm", Attributes.none().with("transB", 1), DType.F32, sums, offsets, product);
    }
    Operand more = emitter.emit("MatMul", DType.F32, sums, transposed(offsets, 2));
    return emitter.emit("Add", DType.F32, product, more);
  }

  /** Sums of the blocks of each row of x. */
  private Operand sums(Operand x, int rank, int blocks, int block) {
    return emitter.once(
        List.of("sums", x, block),
        () -> {
          long[] shape = new long[rank + 1];
          shape[rank - 1] = blocks;
          shape[rank] = block;
          Operand split = emitter.emit("Reshape", DType.F32, x, emitter.longs(shape));
          return emitter.emit(
              "ReduceSum",
              Attributes.none().with("keepdims", 0),
              DType.F32,
              split,
              emitter.longs(rank));
        });
  }

  Operand gather(Node node, Gather op) {
    Value data = node.input(0);
    Operand indices = emitter.operand(node.input(1));
    Optional<WeightForm> form = op.axis() == 0 ? form(data) : Optional.empty();
    if (form.isPresent()) {
      Tensor weights = emitter.graph().constant(data).orElseThrow().data();
      return rows(node, data.name(), weights, form.get(), indices);
    }
    Operand picked = pick(emitter.operand(data), indices, op.axis());
    return data.type().dtype().isFloat() ? emitter.cast(picked, DType.F32) : picked;
  }

  private Operand pick(Operand data, Operand indices, int axis) {
    return emitter.emit(
        "Gather", Attributes.none().with("axis", axis), data.dtype(), data, indices);
  }

  /** Decoded rows of weights as codes, with the roundings of ggml's decoder. */
  private Operand rows(Node node, String name, Tensor weights, WeightForm form, Operand indices) {
    BlockCodes codes = new BlockCodes(weights, form);
    long count = weights.shape().dim(0);
    Operand zeros = form.offset() ? zeros(count, codes.blocks(), form) : Operand.ABSENT;
    Attributes attributes =
        Attributes.none()
            .with("bits", form.bits())
            .with("block_size", form.block())
            .with("gather_axis", 0)
            .with("quantize_axis", 2);
    Operand picked =
        emitter.emit(
            Emitter.CONTRIB + "GatherBlockQuantized",
            attributes,
            DType.F32,
            Weights.codes(emitter, name, codes, count, form),
            indices,
            Weights.rowScales(emitter, name, codes, count),
            zeros);
    if (form.offset()) {
      Operand minimums = Weights.minimums(emitter, name, codes, count);
      picked = emitter.emit("Add", DType.F32, picked, pick(minimums, indices, 0));
    }
    return Extents.reshape(emitter, picked, node.output().type().dims());
  }

  /** Stored codes of the format's code 0: U8 [rows, blocks, 1]. */
  private Operand zeros(long rows, int blocks, WeightForm form) {
    Shape shape = Shape.of(rows, blocks, 1L);
    int zero = form.zero() - form.middle();
    byte[] bytes = new byte[Math.toIntExact(shape.elements())];
    java.util.Arrays.fill(bytes, (byte) zero);
    return emitter.once(
        List.of("zeros", shape, zero),
        () ->
            emitter.tensor("zeros", DType.U8, shape, OnnxContent.of(MemorySegment.ofArray(bytes))));
  }
}
